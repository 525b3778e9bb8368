/** Steps in float16, on a device that test/train/half-engine.ts stands for, and on onnxruntime's CPU. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  float16ToNumber,
  Graph,
  GraphBuilder,
  int,
  ints,
  numberToFloat16,
  type Value,
} from '../../core/graph/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { prepareBackbone, type TrainableBackbone } from '../../core/runtime/backbone.ts';
import { openResident, Transfer } from '../../core/runtime/device/resident.ts';
import { HALF_TOLERANCE } from '../../core/runtime/device/trial.ts';
import { type GraphEngine, onnxruntimeOn } from '../../core/runtime/graph-engine.ts';
import { openSession } from '../../core/runtime/session.ts';
import {
  type HyperparametersInput,
  type TrainEvent,
  type TrainingJob,
  train,
} from '../../core/train/index.ts';
import { LossScale } from '../../core/train/loss-scale.ts';
import { initialHeads, openEngine, trainingState } from '../../core/train/setup.ts';
import { useSoftwareVulkan } from '../runtime/device/vulkan.ts';
import { emulated, halfEngine, roundToHalf } from './half-engine.ts';
import { normalsFor } from './normals.ts';
import { CLASSES, FEATURES, pixelsOf, residualJob, residualNetwork, SIZE } from './residual.ts';
import { finish, syntheticJob } from './support.ts';

/** Why float16 is not run on WebGPU here; undefined where it is. */
const withoutHalf =
  useSoftwareVulkan() ??
  (process.env.VK_ICD_FILENAMES?.includes('swiftshader') ? 'SwiftShader lacks shader-f16' : undefined);
if (withoutHalf) console.log(`skipped: float16 on WebGPU, ${withoutHalf}`);

/** The same with the state in its memory, as WebGPU has it. */
const residentEngine: GraphEngine = {
  ...halfEngine,
  open: () => Promise.reject(new Error('state is resident')),
  resident: {
    open: (graph, _, keep) => openResident(emulated(graph), 'cpu', keep),
    transfer: (length) => Transfer.open('cpu', length),
  },
};

const prepare = (graph: Graph, batch: number, statistics = false): Promise<TrainableBackbone> =>
  prepareBackbone(graph, {
    outputs: ['map', 'logits'],
    batch,
    size: { height: SIZE, width: SIZE },
    statistics,
  });

/** Patches of 4x4 as words, a layer of attention with two heads, a layer of GELU, with normalisations between. */
function attentionNetwork(): Graph {
  const graph = new Graph();
  graph.opsets.set('', 20);
  const b = new GraphBuilder(graph);
  const weight = (name: string, dims: number[], around = 0): Value => {
    const data = new Float32Array(dims.reduce((p, d) => p * d, 1));
    normalsFor(8, name)(data);
    return b.weight(name, { dtype: 'float32', dims, data: data.map((v) => around + v * 0.25) });
  };
  const [words, heads] = [(SIZE / 4) ** 2, 2];
  const image = b.input('image', 'float32', ['batch', 3, SIZE, SIZE]);
  const patches = b.op('Conv', [image, weight('patch', [FEATURES, 3, 4, 4])], { strides: ints([4, 4]) });
  let x = b.transpose(b.reshape(patches, [0, FEATURES, words]), [0, 2, 1]);
  x = b.add(x, weight('position', [1, words, FEATURES]));
  const norm = (v: Value, name: string): Value =>
    b.op('LayerNormalization', [
      v,
      weight(`${name}.scale`, [FEATURES], 1),
      weight(`${name}.bias`, [FEATURES]),
    ]);
  const dense = (v: Value, name: string, from: number, to: number): Value =>
    b.add(b.matMul(v, weight(`${name}.weight`, [from, to])), weight(`${name}.bias`, [to]));
  const inner = norm(x, 'first');
  const split = (name: string, perm: number[]): Value =>
    b.transpose(b.reshape(dense(inner, name, FEATURES, FEATURES), [0, words, heads, FEATURES / heads]), perm);
  const [q, k, v] = [split('q', [0, 2, 1, 3]), split('k', [0, 2, 3, 1]), split('v', [0, 2, 1, 3])];
  const scores = b.div(b.matMul(q, k), b.scalar(Math.sqrt(FEATURES / heads), q));
  const mixed = b.matMul(b.op('Softmax', [scores], { axis: int(-1) }), v);
  const joined = b.reshape(b.transpose(mixed, [0, 2, 1, 3]), [0, words, FEATURES]);
  x = b.add(x, dense(joined, 'out', FEATURES, FEATURES));
  const wide = b.op('Gelu', [dense(norm(x, 'second'), 'up', FEATURES, 32)]);
  x = b.add(x, dense(wide, 'down', 32, FEATURES));
  const map = b.op(
    'Reshape',
    [b.transpose(norm(x, 'last'), [0, 2, 1]), b.integers([0, FEATURES, 2, 2])],
    {},
    { names: ['map'] },
  );
  const flat = b.op('Flatten', [b.op('GlobalAveragePool', [map])], { axis: int(1) });
  const logits = [flat, weight('fc.weight', [FEATURES, CLASSES]), weight('fc.bias', [CLASSES])] as const;
  b.output(b.op('Gemm', logits, {}, { names: ['logits'] }));
  return graph;
}

interface Measured {
  readonly loss: number;
  readonly norm: number;
  /** Divided by the loss scale. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/** One step of 8 images, with this loss scale in float16. */
async function stepOf(
  job: TrainingJob,
  lossScale: number,
): Promise<Measured & { readonly scaleAfter: number }> {
  const heads = initialHeads(job);
  const state = trainingState(job, heads);
  if (state.lossScale) state.lossScale.state = { value: lossScale, good: 0 };
  const engine = await openEngine(job, state, heads);
  try {
    const images = job.trainIndices.slice(0, 8);
    const { losses } = await engine.step(await engine.prepare(images, 0, 0), images, 0, 0);
    const before = state.values.slice();
    const norm = await engine.update(1e-3);
    // The update divides them in place; of a resident state they stay on the device.
    const gradients = new Map(
      [...state.snapshot(state.gradients)].map(([name, t]) => [name, t.data as Float32Array]),
    );
    await engine.pull('all');
    const changed = state.values.some((value, i) => value !== before[i]);
    expect(changed).toBe(Number.isFinite(norm));
    expect(state.steps).toBe(changed ? 1 : 0);
    return { loss: losses.loss, norm, gradients, scaleAfter: state.lossScale?.value ?? 1 };
  } finally {
    await engine.close();
  }
}

/**
 * The largest difference of a parameter's gradient, over its length or, where that is longer, a thousandth of the whole
 * gradient's: attention's keys have a bias whose gradient is zero but for rounding.
 */
function largestDifference(actual: Measured, expected: Measured): number {
  const least = expected.norm / 1000;
  const differences = [...expected.gradients].map(([name, gradient]) => {
    const other = actual.gradients.get(name)!;
    return Math.hypot(...gradient.map((v, i) => v - other[i]!)) / Math.max(least, Math.hypot(...gradient));
  });
  return Math.max(...differences);
}

let convolutional: TrainableBackbone;
let attention: TrainableBackbone;
let parts: TrainableBackbone;
beforeAll(async () => {
  convolutional = await prepare(residualNetwork(), 8);
  attention = await prepare(attentionNetwork(), 8);
  parts = await prepare(residualNetwork(), 3);
});

describe('the device that tests stand in', () => {
  it('rounds to float16', async () => {
    const values = Float32Array.from([
      0,
      -0,
      1,
      1 / 3,
      -2049,
      2051,
      65504,
      65519,
      65520,
      -7e4,
      6e-8,
      2.9e-8,
      3.1e-8,
      -1.2345e-5,
      6.1e-5,
      1e30,
      1e-30,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ]);
    const graph = new Graph();
    graph.opsets.set('', 21);
    const b = new GraphBuilder(graph);
    b.output(roundToHalf(b, b.input('x', 'float32', [values.length])), 'y');
    const session = await openSession(encodeGraph(graph));
    const { y } = await session.run({ x: { dtype: 'float32', dims: [values.length], data: values } });
    await session.close();
    const expected = Array.from(values, (value) => float16ToNumber(numberToFloat16(value)));
    // Signs of zeros are of no concern.
    expect(Array.from(y!.data as Float32Array, (v) => v + 0)).toEqual(expected.map((v) => v + 0));
  });
});

const jobs: readonly (readonly [string, () => TrainingJob])[] = [
  ['convolutions', () => residualJob(convolutional, { hyper: {} })],
  ['convolutions under the heads', () => residualJob(convolutional, { hyper: {}, texts: true })],
  ['attention', () => residualJob(attention, { hyper: {} })],
  ['a backbone that takes a part of the batch', () => residualJob(parts, { hyper: {}, texts: true })],
  ['heads on features', () => syntheticJob({ hyper: { batch: 8 } })],
];

describe.each(jobs)('a step of %s in float16', (_, jobOf) => {
  it('has the gradients of float32, to rounding', async () => {
    const full = await stepOf(jobOf(), 1);
    const half = await stepOf({ ...jobOf(), precision: 'float16', engine: halfEngine }, 256);
    expect(Math.abs(half.loss / full.loss - 1)).toBeLessThan(1e-3);
    expect(Math.abs(half.norm / full.norm - 1)).toBeLessThan(1e-3);
    expect(largestDifference(half, full)).toBeLessThan(1.5e-2);
    expect(largestDifference(half, full)).toBeGreaterThan(1e-4);
  });

  it('runs on the CPU of onnxruntime, too', async () => {
    const full = await stepOf(jobOf(), 1);
    const half = await stepOf({ ...jobOf(), precision: 'float16' }, 256);
    expect(largestDifference(half, full)).toBeLessThan(1.5e-2);
  });

  it.skipIf(withoutHalf)('runs on WebGPU, too', { timeout: 120_000 }, async () => {
    const full = await stepOf(jobOf(), 1);
    // Its gradients are read, so they must come back to the host, to this thread. Its products add in float16.
    const { resident, device, ...engine } = onnxruntimeOn('webgpu');
    const half = await stepOf({ ...jobOf(), precision: 'float16', engine }, 256);
    expect(Math.abs(half.loss / full.loss - 1)).toBeLessThan(2e-3);
    expect(largestDifference(half, full)).toBeLessThan(HALF_TOLERANCE);
  });
});

describe.each([
  ['the host', halfEngine],
  ['the device', residentEngine],
] as const)('a training in float16 with its state on %s', (_, engine) => {
  const half = { precision: 'float16', engine } as const;

  it.each([jobs[0]!, jobs[3]!, jobs[4]!])(
    'leaves a step of %s out whose gradient overflows',
    async (__, jobOf) => {
      const job: TrainingJob = { ...jobOf(), ...half };
      const good = await stepOf(job, 256);
      expect(good.scaleAfter).toBe(256);
      expect(good.norm).toBeGreaterThan(0);
      const bad = await stepOf(job, 2 ** 40);
      expect(bad.norm).not.toBeLessThan(Number.POSITIVE_INFINITY);
      expect(bad.scaleAfter).toBe(2 ** 39);
      expect(bad.loss).toBe(good.loss);
    },
  );

  const jobWith = (hyper: HyperparametersInput): TrainingJob =>
    syntheticJob({ hyper, heads: { ema: false, cdr: false } });

  it('ends where float32 ends', async () => {
    const job = jobWith({ epochs: 8 });
    const [full, other] = [await finish(job), await finish({ ...job, ...half })];
    expect(other.history.length).toBe(full.history.length);
    expect(full.best.holdoutAccuracy).toBeGreaterThan(0.8);
    expect(Math.abs(other.best.holdoutAccuracy! - full.best.holdoutAccuracy!)).toBeLessThan(0.09);
    other.history.forEach(({ loss, holdoutLoss }, i) => {
      expect(Math.abs(loss / full.history[i]!.loss - 1)).toBeLessThan(1e-2);
      expect(Math.abs(holdoutLoss! / full.history[i]!.holdoutLoss! - 1)).toBeLessThan(2e-2);
    });
    expect(other.holdoutLogits).not.toEqual(full.holdoutLogits);
  });

  it('sums the gradients of several batches', async () => {
    const job = jobWith({ epochs: 2, batch: 8, accumulate: 3 });
    const [full, other] = [await finish(job), await finish({ ...job, ...half })];
    other.history.forEach(({ loss }, i) => {
      expect(Math.abs(loss / full.history[i]!.loss - 1)).toBeLessThan(1e-2);
    });
  });

  it('goes on from a checkpoint with the scale that it had', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'marnet-precision-'));
    try {
      const job: TrainingJob = { ...residualJob(convolutional, { hyper: { epochs: 3 } }), ...half };
      const scales = (events: readonly TrainEvent[]) =>
        events.flatMap((event) => (event.type === 'step' ? [event.lossScale] : []));
      const events: TrainEvent[] = [];
      const whole = await finish(job, events);
      // These gradients overflow with the first scale: there is something to remember.
      expect(scales(events)[0]).toBe(2 ** 16);
      expect(scales(events).at(-1)).toBeLessThan(2 ** 15);
      const stop = new AbortController();
      const before: TrainEvent[] = [];
      const stopped = (async () => {
        for await (const event of train({ ...job, folder }, stop.signal)) {
          before.push(event);
          if (event.type === 'step' && event.epoch === 2) stop.abort();
        }
      })();
      await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
      await expect(finish({ ...job, precision: 'float32', folder, resume: true })).rejects.toMatchObject({
        code: 'resume',
      });
      const after: TrainEvent[] = [];
      const rest = await finish({ ...job, folder, resume: true }, after);
      expect([...scales(before), ...scales(after)]).toEqual(scales(events));
      expect(rest.holdoutLogits).toEqual(whole.holdoutLogits);
      expect(rest.history).toEqual(whole.history);
      expect(rest.parameters).toEqual(whole.parameters);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('what float16 cannot hold', () => {
  /** Pixels of some images, times this. */
  const withHuge = (huge: readonly number[], factor: number) => async (images: readonly number[]) => {
    const pixels = pixelsOf(images);
    const length = pixels.length / images.length;
    images.forEach((image, row) => {
      if (huge.includes(image)) for (let i = row * length; i < (row + 1) * length; i++) pixels[i]! *= factor;
    });
    return pixels;
  };

  it.each([
    ['statistics as they are', false],
    ['statistics of the batch', true],
  ])('costs a step and half of the scale, and nothing else: %s', async (_, statistics) => {
    const backbone = await prepare(residualNetwork(), 8, statistics);
    const images = withHuge([2], 1e6);
    const job = { ...residualJob(backbone, { hyper: { epochs: 4 }, images }), precision: 'float16' } as const;
    const events: TrainEvent[] = [];
    const { parameters, history } = await finish({ ...job, engine: halfEngine }, events);
    const steps = events.flatMap((event) => (event.type === 'step' ? [event] : []));
    const skipped = steps.filter(({ gradientNorm }) => !Number.isFinite(gradientNorm));
    expect(skipped.filter(({ losses }) => !Number.isFinite(losses.loss)).length).toBe(4);
    steps.slice(1).forEach(({ lossScale }, i) => {
      expect(lossScale).toBe(skipped.includes(steps[i]!) ? steps[i]!.lossScale! / 2 : steps[i]!.lossScale);
    });
    const told = events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
    expect(told.length).toBe(skipped.length);
    expect(told[0]).toMatch(
      /is no finite number in float16 with a loss scale of 65536: the step is left out/,
    );
    for (const { loss } of history) expect(loss).toBeGreaterThan(0);
    for (const [name, { data }] of parameters)
      expect((data as Float32Array).every(Number.isFinite), name).toBe(true);
  });

  it('is an error where the scale would fall below 1', async () => {
    const images = withHuge([0, 9], 1e6);
    const job = residualJob(convolutional, { hyper: { epochs: 30, batch: 4 }, images });
    const events: TrainEvent[] = [];
    await expect(finish({ ...job, precision: 'float16', engine: halfEngine }, events)).rejects.toMatchObject({
      code: 'non-finite',
      hint: expect.stringContaining('--precision float32'),
    });
    const last = events.flatMap((event) => (event.type === 'step' ? [event.lossScale!] : [])).at(-1)!;
    expect(last).toBeLessThan(4);
  });
});

describe('the loss scale', () => {
  it('doubles after 2000 good steps in a row', () => {
    const scale = new LossScale();
    const follow = (steps: number) => {
      for (let i = 0; i < steps; i++) scale.follow(true);
    };
    expect(scale.value).toBe(65536);
    follow(1999);
    expect(scale.value).toBe(65536);
    follow(1);
    expect(scale.value).toBe(131072);
    follow(1999);
    scale.follow(false);
    expect(scale.state).toEqual({ value: 65536, good: 0 });
    follow(2000);
    expect(scale.value).toBe(131072);
    expect((Object.values(scale.feeds)[0]!.data as Float32Array)[0]).toBe(131072);
  });
});
