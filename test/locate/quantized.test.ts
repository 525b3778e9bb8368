import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../adapters/load.ts';
import { float32, int } from '../../core/graph/index.ts';
import { locateFeatures } from '../../core/locate/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { exposeClassifier, FEATURES, LOGITS } from '../../core/runtime/classifier.ts';
import { openSession } from '../../core/runtime/session.ts';
import { exposeValues } from '../../core/runtime/skeleton.ts';
import { allFixtures } from '../../fixtures/index.ts';
import { temporaryFolder, writeFixture } from '../onnx/support.ts';

const folder = temporaryFolder();
const fixture = (await allFixtures()).get('quantized-operators')!;
const { graph } = await loadModel(writeFixture(fixture, path.join(folder, 'model')));
const image = {
  image: float32(
    Float32Array.from({ length: 384 }, (_, i) => Math.sin(i * 0.7)),
    [2, 3, 8, 8],
  ),
};

describe('a model quantized op by op', () => {
  it('has its features in what the dense layer reads, by the scale and zero point it reads them with', () => {
    const [site] = locateFeatures({ graph });
    expect(site).toMatchObject({
      value: 'features',
      dequantization: { scale: 'pool.scale', zeroPoint: 'pool.zero' },
      activation: ['Softmax'],
      classifier: { kind: 'opaque', logits: 'logits', classes: 5 },
    });
    expect(site!.reason).toContain('QGemm');
  });

  it('gives features and logits as the numbers that its integers stand for', async () => {
    const [site] = locateFeatures({ graph });
    const session = await openSession(encodeGraph(exposeClassifier(graph, site!, { logits: true })));
    const made = await session.run(image);
    await session.close();
    const integers = await openSession(exposeValues(encodeGraph(graph), ['features', 'logits.q']));
    const { features, 'logits.q': logits } = await integers.run(image);
    await integers.close();
    const numbers = (q: ArrayLike<number>, scale: number, zero: number) =>
      Array.from(q, (v) => Math.fround(scale) * (v - zero));
    expect(new Set(features!.data as Uint8Array).size).toBeGreaterThan(2);
    numbers(features!.data as Uint8Array, 0.02, 3).forEach((x, i) => {
      expect((made[FEATURES]!.data as Float32Array)[i]).toBeCloseTo(x, 6);
    });
    numbers(logits!.data as Uint8Array, 0.03, 128).forEach((x, i) => {
      expect((made[LOGITS]!.data as Float32Array)[i]).toBeCloseTo(x, 6);
    });
  });

  it('can be read at a map of integers that the user names, as what computes with it reads it', () => {
    const [site] = locateFeatures({ graph }, { at: 'conv' });
    expect(site).toMatchObject({
      pooling: 'mean-spatial',
      width: 4,
      dequantization: { scale: 'conv.scale', zeroPoint: 'conv.zero' },
    });
  });

  it('is not read at integers that nothing says the scale of', () => {
    expect(() => locateFeatures({ graph }, { at: 'pool' })).toThrow('is uint8, and features are floating');
  });

  it('whose class scores stay integers has no feature layer, and the error says why', () => {
    const copy = graph.clone();
    copy.outputs = [{ name: 'logits.q', dtype: 'uint8', shape: ['batch', 5] }];
    expect(() => locateFeatures({ graph: copy })).toThrow('it is uint8, and scores are floating');
  });

  it('whose probabilities are made of integers has none either', () => {
    const copy = graph.clone();
    const at = copy.nodes.findIndex((node) => node.op === 'DequantizeLinear');
    const read = ['logits.q.scale', 'logits.q.zero'];
    copy.nodes.splice(
      at,
      2,
      {
        op: 'QLinearSoftmax',
        domain: 'com.microsoft',
        name: 'softmax',
        inputs: ['logits.q', ...read, ...read],
        outputs: ['scores.q'],
        attributes: { opset: int(13) },
      },
      { ...copy.nodes[at]!, inputs: ['scores.q', ...read], outputs: ['scores'] },
    );
    expect(() => locateFeatures({ graph: copy })).toThrow(
      '"logits.q" is uint8, and class scores are floating',
    );
  });
});
