/** Weights that are standardised in each run, as PyTorch's exporter writes and folds them before operator set 14. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { constantOf, float32, GraphBuilder } from '../../core/graph/index.ts';
import { loadModel, wrap } from '../../core/index.ts';
import { decodeGraph, encodeGraph } from '../../core/onnx/index.ts';
import { colourPlace } from './place.ts';
import { tinyClassifier } from './tiny.ts';

const [FILTERS, TAPS] = [12, 72];

/** [rows, columns] to [columns, rows] */
const turned = (values: Float32Array, rows: number, columns: number): Float32Array =>
  values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!);

/** The tiny classifier with its second convolution's weight normalized by the mean and the variance of a copy of it. */
function standardised(): Uint8Array {
  const graph = decodeGraph(tinyClassifier({ opset: 13 }));
  const given = graph.constants.get('conv2.weight')!.read().data as Float32Array;
  graph.constants.set('conv2.weight', constantOf(float32(given, [1, FILTERS, TAPS])));
  const conv = graph.nodes.find((node) => node.inputs.includes('conv2.weight'))!;
  const rest = graph.nodes;
  graph.nodes = [];
  const b = new GraphBuilder(graph);
  const filled = (name: string, value: number) =>
    b.weight(name, float32(new Float32Array(FILTERS).fill(value)));
  const copy = b.weight('copy', float32(turned(given, FILTERS, TAPS), [1, TAPS, FILTERS]));
  const mean = b.reduceMean(copy, [0, 1]);
  const centred = b.sub(copy, mean);
  const variance = b.reduceMean(b.mul(centred, centred), [0, 1]);
  const weight = b.value('conv2.weight');
  const normalized = b.op('BatchNormalization', [
    weight,
    filled('ones', 1),
    filled('zeros', 0),
    mean,
    variance,
  ]);
  const kernel = b.reshape(normalized, [FILTERS, 8, 3, 3]);
  const inputs = conv.inputs.map((name) => (name === 'conv2.weight' ? kernel.name : name));
  graph.nodes.push(...rest.map((node) => (node === conv ? { ...node, inputs } : node)));
  return encodeGraph(graph);
}

const { root, data, model } = await colourPlace(standardised());

it('leave training the same in both places where the file has them', async () => {
  const run = wrap(model, data, {
    out: join(root, 'merged.onnx'),
    runFolder: join(root, 'run'),
    cacheFolder: join(root, 'cache'),
    compare: false,
    tune: 'full',
    training: { epochs: 1, batch: 8, learningRate: 0.01 },
  });
  const { path, verification } = await run.result;
  expect(verification.largestDifference).toBeLessThan(1e-4);
  const [before, after] = [await loadModel(model), await loadModel(path)].map(
    ({ graph }) =>
      (name: string) =>
        graph.constants.get(name)!.read().data as Float32Array,
  );
  expect(after!('conv2.weight')).not.toEqual(before!('conv2.weight'));
  expect(after!('copy')).toEqual(turned(after!('conv2.weight'), FILTERS, TAPS));
  expect(after!('zeros')).toEqual(before!('zeros'));
});
