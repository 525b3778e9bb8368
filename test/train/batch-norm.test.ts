import { beforeAll, describe, expect, it } from 'vitest';
import { prepareBackbone, type TrainableBackbone } from '../../core/runtime/backbone.ts';
import { cutBelow, type TrainedPart } from '../../core/runtime/cut.ts';
import { openFrozenPart } from '../../core/runtime/frozen-part.ts';
import { layersOf } from '../../core/runtime/layers.ts';
import type { ImageSource, TrainingJob } from '../../core/train/index.ts';
import { initialHeads, openEngine, trainingState } from '../../core/train/setup.ts';
import { FEATURES, pixelsOf, residualJob, residualNetwork, SIZE } from './residual.ts';
import { finish } from './support.ts';

const MOMENTUM = 0.75;

const jobOf = (backbone: TrainedPart, images?: ImageSource['images']): TrainingJob =>
  residualJob(backbone, { hyper: { epochs: 6, batchNormMomentum: MOMENTUM }, ...(images && { images }) });

async function open(job: TrainingJob) {
  const heads = initialHeads(job);
  const state = trainingState(job, heads);
  return { state, engine: await openEngine(job, state, heads) };
}

/** The stem's convolution of images, in double precision: mean and unbiased variance of each channel. */
function stemStatistics(backbone: TrainableBackbone, images: readonly number[]) {
  const weight = backbone.parameters.get('stem.weight')!.read().data as Float32Array;
  const pixels = pixelsOf(images);
  const at = (i: number, c: number, y: number, x: number): number =>
    y < 0 || x < 0 || y >= SIZE || x >= SIZE ? 0 : pixels[((i * 3 + c) * SIZE + y) * SIZE + x]!;
  return Array.from({ length: FEATURES }, (_, m) => {
    const values: number[] = [];
    for (let i = 0; i < images.length; i++)
      for (let y = 0; y < SIZE; y++)
        for (let x = 0; x < SIZE; x++) {
          let sum = 0;
          for (let c = 0; c < 3; c++)
            for (let k = 0; k < 9; k++)
              sum += weight[(m * 3 + c) * 9 + k]! * at(i, c, y + Math.floor(k / 3) - 1, x + (k % 3) - 1);
          values.push(sum);
        }
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
    return { mean, variance };
  });
}

describe('batch statistics', () => {
  let backbone: TrainableBackbone;
  beforeAll(async () => {
    const size = { height: SIZE, width: SIZE };
    const options = { outputs: ['map', 'logits'], batch: 8, size, statistics: true };
    backbone = await prepareBackbone(residualNetwork(), options);
  });

  it('move the running averages by those of the images, not of the rows that are missing', async () => {
    expect(backbone.running.size).toBe(14);
    const job = jobOf(backbone);
    const { state, engine } = await open(job);
    const before = state.snapshot();
    const images = [0, 1, 2, 3, 4];
    await engine.step(await engine.prepare(images, 0, 0), images, 0, 0);
    await engine.close();
    const after = state.snapshot();
    stemStatistics(backbone, images).forEach(({ mean, variance }, m) => {
      const [was, is] = [before, after].map((all) => ({
        mean: (all.get('stem.mean')!.data as Float32Array)[m]!,
        variance: (all.get('stem.variance')!.data as Float32Array)[m]!,
      })) as [{ mean: number; variance: number }, { mean: number; variance: number }];
      expect(is.mean).toBeCloseTo(MOMENTUM * was.mean + (1 - MOMENTUM) * mean, 4);
      expect(is.variance).toBeCloseTo(MOMENTUM * was.variance + (1 - MOMENTUM) * variance, 4);
    });
  });

  it('carry a gradient: it is the slope of the loss', async () => {
    const job = jobOf(backbone);
    const { state, engine } = await open(job);
    const images = [0, 1, 2, 3, 4, 5, 6];
    const lossOf = async () =>
      (await engine.step(await engine.prepare(images, 0, 0), images, 0, 0)).losses.loss;
    await lossOf();
    const gradients = state.gradients.slice();
    for (const name of ['stem.weight', 'a2.scale', 'gate.bias', 'top.weight']) {
      const { begin, end } = state.segments.find((segment) => segment.name === name)!;
      const own = gradients.subarray(begin, end);
      const length = Math.hypot(...own);
      const before = state.values.slice(begin, end);
      const at: number[] = [];
      for (const step of [0.01, -0.01]) {
        before.forEach((value, i) => {
          state.values[begin + i] = value + (step * own[i]!) / length;
        });
        at.push(await lossOf());
      }
      state.values.set(before, begin);
      const slope = (at[0]! - at[1]!) / 0.02;
      expect(length, name).toBeGreaterThan(1e-3);
      expect(Math.abs(slope - length), `${name}: ${slope} against ${length}`).toBeLessThan(
        0.02 * length + 5e-4,
      );
    }
    const means = state.segments.find((segment) => segment.name === 'stem.mean')!;
    expect(gradients.subarray(means.begin, means.end).every((g) => g === 0)).toBe(true);
    await engine.close();
  });

  it('become those of a model that is evaluated with frozen ones', async () => {
    const result = await finish(jobOf(backbone));
    expect(result.history.at(-1)!.loss).toBeLessThan(result.history[0]!.loss);
    const mean = result.parameters.get('b2.mean')!.data as Float32Array;
    expect(mean).not.toEqual(backbone.parameters.get('b2.mean')!.read().data);
    // The same weights and statistics in a graph that has them folded.
    const size = { height: SIZE, width: SIZE };
    const folded = await prepareBackbone(withParameters(result.parameters), {
      outputs: ['map', 'logits'],
      batch: 8,
      size,
    });
    const { engine } = await open(jobOf(folded));
    const logits = await engine.evaluate(jobOf(folded).holdoutIndices);
    await engine.close();
    logits.forEach((logit, i) => {
      expect(logit).toBeCloseTo(result.holdoutLogits[i]!, 3);
    });
  });

  it('are taken above a cut alone', async () => {
    const { layers, classifier } = layersOf(backbone.graph, new Set(backbone.parameters.keys()), 'map');
    const trained = new Set([...layers.slice(-2).flatMap((layer) => layer.parameters), ...classifier]);
    const { upper, lower } = cutBelow(backbone, trained);
    expect([...upper.running.keys()].sort()).toEqual([
      'gate.mean',
      'gate.variance',
      'top.mean',
      'top.variance',
    ]);
    const part = await openFrozenPart(backbone, lower!);
    const result = await finish(jobOf(upper, (wanted) => part.run(pixelsOf(wanted), wanted.length)));
    await part.close();
    expect(result.parameters.has('b2.mean')).toBe(false);
    expect(result.parameters.get('top.mean')!.data).not.toEqual(
      backbone.parameters.get('top.mean')!.read().data,
    );
    expect(result.history.at(-1)!.loss).toBeLessThan(result.history[0]!.loss);
  });

  it('are refused where the model takes fewer images than a batch has', async () => {
    const size = { height: SIZE, width: SIZE };
    const small = await prepareBackbone(residualNetwork(), {
      outputs: ['map', 'logits'],
      batch: 3,
      size,
      statistics: true,
    });
    await expect(open(jobOf(small))).rejects.toMatchObject({ code: 'unsupported-model' });
  });
});

function withParameters(parameters: ReadonlyMap<string, { readonly data: unknown }>) {
  const graph = residualNetwork();
  for (const [name, constant] of graph.constants) {
    const tensor = parameters.get(name);
    if (!tensor) continue;
    const { dtype, dims } = constant;
    graph.constants.set(name, {
      dtype,
      dims,
      read: () => ({ dtype, dims, data: tensor.data as Float32Array }),
    });
  }
  return graph;
}
