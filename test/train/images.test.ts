import { beforeAll, describe, expect, it } from 'vitest';
import { Graph, GraphBuilder, int, ints } from '../../core/graph/index.ts';
import { headOptions } from '../../core/marnet/index.ts';
import { prepareBackbone, type TrainableBackbone } from '../../core/runtime/backbone.ts';
import { hyperparameters, type TrainingJob } from '../../core/train/index.ts';
import { initialHeads, openEngine, trainingState } from '../../core/train/setup.ts';
import { normalsFor } from './normals.ts';
import { finish, smallHeads } from './support.ts';

const [SIZE, CLASSES, IMAGES, FEATURES] = [8, 3, 24, 6];

/** Two convolutions, a mean, a linear classifier. */
function tinyNetwork(): Graph {
  const graph = new Graph();
  graph.opsets.set('', 13);
  const b = new GraphBuilder(graph);
  const weight = (name: string, dims: number[]) => {
    const data = new Float32Array(dims.reduce((p, d) => p * d, 1));
    normalsFor(8, name)(data);
    return b.weight(name, { dtype: 'float32', dims, data: data.map((v) => v * 0.3) });
  };
  const conv = (x: ReturnType<typeof weight>, name: string, from: number, to: number) =>
    b.op('Conv', [x, weight(`${name}.weight`, [to, from, 3, 3]), weight(`${name}.bias`, [to])], {
      kernel_shape: ints([3, 3]),
      pads: ints([1, 1, 1, 1]),
    });
  const image = b.input('image', 'float32', ['batch', 3, SIZE, SIZE]);
  const map = b.op(
    'Relu',
    [conv(b.relu(conv(image, 'first', 3, 5)), 'second', 5, FEATURES)],
    {},
    { names: ['map'] },
  );
  const flat = b.op('Flatten', [b.op('GlobalAveragePool', [map])], { axis: int(1) });
  b.output(
    b.op(
      'Gemm',
      [flat, weight('fc.weight', [FEATURES, CLASSES]), weight('fc.bias', [CLASSES])],
      {},
      { names: ['logits'] },
    ),
  );
  return graph;
}

const perImage = 3 * SIZE * SIZE;
const pixels = new Float32Array(IMAGES * perImage);
const labels = Int32Array.from({ length: IMAGES }, (_, i) => i % CLASSES);
normalsFor(4, 'pixels')(pixels);
labels.forEach((label, i) => {
  // A class brightens its own channel.
  for (let p = 0; p < SIZE * SIZE; p++) pixels[i * perImage + label * SIZE * SIZE + p]! += 1.5;
});

function jobOf(backbone: TrainableBackbone, base: TrainingJob['base'], hyper = {}): TrainingJob {
  const indices = Array.from(labels, (_, i) => i);
  return {
    source: {
      kind: 'images',
      backbone,
      site: { value: 'map', pooling: 'mean-spatial', width: FEATURES },
      ...(base !== 'new' && { logits: 'logits' }),
      images: async (wanted) => {
        const batch = new Float32Array(wanted.length * perImage);
        wanted.forEach((i, row) => {
          batch.set(pixels.subarray(i * perImage, (i + 1) * perImage), row * perImage);
        });
        return batch;
      },
    },
    labels,
    classes: CLASSES,
    texts: { vocabulary: 6, row: (i) => ({ ids: [labels[i]!, 3 + (i % 3)], weights: [1, 1] }) },
    trainIndices: indices.slice(0, 18),
    holdoutIndices: indices.slice(18),
    base,
    heads: headOptions(smallHeads),
    hyper: hyperparameters({
      epochs: 12,
      batch: 8,
      learningRate: 1e-2,
      backboneFactor: 0.5,
      patience: 0,
      ...hyper,
    }),
    seed: 3,
  };
}

const prepare = (batch: number, outputs: string[]) =>
  prepareBackbone(tinyNetwork(), { outputs, batch, size: { height: SIZE, width: SIZE } });

describe('training a backbone', () => {
  let whole: TrainableBackbone;
  let parts: TrainableBackbone;
  beforeAll(async () => {
    whole = await prepare(8, ['map', 'logits']);
    parts = await prepare(3, ['map', 'logits']);
  });

  it.each(['given', 'new'] as const)('lowers the loss and changes the weights (%s)', async (base) => {
    const backbone = base === 'new' ? await prepare(8, ['map']) : whole;
    const result = await finish(jobOf(backbone, base));
    expect(result.history.at(-1)!.loss).toBeLessThan(0.6 * result.history[0]!.loss);
    expect(result.best.holdoutAccuracy).toBe(1);
    for (const [name, { read }] of backbone.parameters) {
      const trained = result.parameters.get(name)!.data as Float32Array;
      const initial = read().data as Float32Array;
      expect(
        trained.some((v, i) => v !== initial[i]),
        name,
      ).toBe(true);
    }
  });

  it('gives one gradient, whether the backbone takes the batch at once or in parts', async () => {
    const gradients = [];
    const losses = [];
    for (const backbone of [whole, parts]) {
      const job = jobOf(backbone, 'given');
      const heads = initialHeads(job);
      const state = trainingState(job, heads);
      // Open gates and a fusion that is not zero, so that the heads' gradient reaches the backbone.
      const noise = new Float32Array(state.values.length);
      for (const { name, begin, end } of state.segments) {
        normalsFor(3, name)(noise.subarray(begin, end));
        for (let i = begin; i < end; i++) state.values[i]! += 0.1 * noise[i]!;
      }
      const engine = await openEngine(job, state, heads);
      const images = job.trainIndices.slice(0, 7);
      // Twice: nothing of the first step may be left in the second.
      for (const epoch of [1, 0]) {
        const prepared = await engine.prepare(images, epoch, 0);
        losses.push((await engine.step(prepared, images, epoch, 0)).losses.loss);
      }
      gradients.push(new Map(state.snapshot(state.gradients)));
      await engine.close();
    }
    expect(losses[3]).toBeCloseTo(losses[1]!, 4);
    const [first, second] = gradients as [(typeof gradients)[0], (typeof gradients)[0]];
    expect(whole.parameters.size).toBe(6);
    for (const [name, { data }] of first) {
      const [a, b] = [data as Float32Array, second.get(name)!.data as Float32Array];
      const length = Math.hypot(...a);
      if (whole.parameters.has(name)) expect(length, name).toBeGreaterThan(0);
      expect(Math.hypot(...a.map((v, i) => v - b[i]!)), name).toBeLessThan(1e-4 * length + 1e-6);
    }
  });

  it('learns in parts too, the same way', async () => {
    const [atOnce, inParts] = [
      await finish(jobOf(whole, 'given', { epochs: 2 })),
      await finish(jobOf(parts, 'given', { epochs: 2 })),
    ];
    expect(inParts.history[0]!.loss).toBeCloseTo(atOnce.history[0]!.loss, 3);
    expect(inParts.history[1]!.holdoutLoss).toBeCloseTo(atOnce.history[1]!.holdoutLoss!, 3);
  });
});
