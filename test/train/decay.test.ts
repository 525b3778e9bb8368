import { expect, it } from 'vitest';
import { Graph, GraphBuilder, int, ints, type Value } from '../../core/graph/index.ts';
import { prepareBackbone } from '../../core/runtime/backbone.ts';
import type { TrainedPart } from '../../core/runtime/cut.ts';
import { withLowRankUpdates } from '../../core/runtime/low-rank.ts';
import { initialHeads, trainingState } from '../../core/train/setup.ts';
import { normalsFor } from './normals.ts';
import { CLASSES, FEATURES, residualJob, SIZE } from './residual.ts';

/** Weights, and biases, scales, slopes and embeddings of the ranks that exporters give them. */
function network(): Graph {
  const graph = new Graph();
  graph.opsets.set('', 17);
  const b = new GraphBuilder(graph);
  const weight = (name: string, dims: number[]): Value => {
    const data = new Float32Array(dims.reduce((p, d) => p * d, 1));
    normalsFor(2, name)(data);
    return b.weight(name, { dtype: 'float32', dims, data });
  };
  const wide = { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]) };
  const image = b.input('image', 'float32', ['batch', 3, SIZE, SIZE]);
  let x = b.op('Conv', [image, weight('kernel', [8, 3, 3, 3])], wide);
  x = b.mul(x, weight('scale', [1, 8, 1, 1]));
  x = b.add(x, weight('bias', [1, 8, 1, 1]));
  x = b.op('PRelu', [x, weight('slope', [8, 1, 1])]);
  // A kernel that is scaled row by row, as in networks without normalization.
  const scaled = b.mul(weight('scaled kernel', [FEATURES, 8, 1, 1]), weight('gain', [FEATURES, 1, 1, 1]));
  x = b.op('Conv', [x, scaled], { kernel_shape: ints([1, 1]) });
  x = b.mul(x, weight('layer scale', [FEATURES, 1, 1]));
  x = b.op('Add', [x, weight('position embedding', [1, FEATURES, SIZE, SIZE])], {}, { names: ['map'] });
  const flat = b.op('Flatten', [b.op('GlobalAveragePool', [x])], { axis: int(1) });
  const one = b.matMul(flat, b.op('Transpose', [weight('transposed', [1, FEATURES])]));
  const gated = b.add(b.mul(flat, one), weight('additive', [1, FEATURES]));
  const last = [gated, weight('classifier', [FEATURES, CLASSES]), weight('offset', [1, CLASSES])] as const;
  b.output(b.op('Gemm', last, {}, { names: ['logits'] }));
  return graph;
}

function decaying(backbone: TrainedPart): string[] {
  const job = residualJob(backbone, { hyper: {} });
  const { segments } = trainingState(job, initialHeads(job));
  return segments.flatMap(({ name, decay }) => (decay && backbone.parameters.has(name) ? [name] : [])).sort();
}

const prepared = () =>
  prepareBackbone(network(), { outputs: ['map', 'logits'], batch: 8, size: { height: SIZE, width: SIZE } });

it('decays what is multiplied with, whatever is done to it before, and nothing else of the backbone', async () => {
  const backbone = await prepared();
  expect(backbone.parameters.size).toBe(12);
  expect(decaying(backbone)).toEqual(['classifier', 'kernel', 'scaled kernel', 'transposed']);
});

it('decays the factors of low-rank updates, of rank 1 too', async () => {
  const { part } = withLowRankUpdates(await prepared(), 1, 0);
  expect(part.parameters.size).toBeGreaterThan(0);
  expect(decaying(part)).toEqual([...part.parameters.keys()].sort());
});
