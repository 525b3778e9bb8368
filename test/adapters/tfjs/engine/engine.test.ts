/** Steps and trainings by TensorFlow.js beside the same ones by onnxruntime, which shares no kernel with it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openTfjsEngine, type TfjsEngine } from '../../../../adapters/tfjs/engine/index.ts';
import type { TrainableBackbone } from '../../../../core/runtime/backbone.ts';
import { cutBelow } from '../../../../core/runtime/cut.ts';
import { openFrozenPart } from '../../../../core/runtime/frozen-part.ts';
import type { GraphEngine } from '../../../../core/runtime/graph-engine.ts';
import { withLowRankUpdates } from '../../../../core/runtime/low-rank.ts';
import type { TrainingJob } from '../../../../core/train/index.ts';
import { adamW, gradientNorm } from '../../../../core/train/optimizer.ts';
import { initialHeads, openEngine, trainingState } from '../../../../core/train/setup.ts';
import { normalsFor } from '../../../train/normals.ts';
import { residualBackbone, residualJob } from '../../../train/residual.ts';
import { finish, syntheticJob } from '../../../train/support.ts';

const engines = new Map<string, TfjsEngine>();
let whole: TrainableBackbone;
beforeAll(async () => {
  for (const backend of ['wasm', 'cpu'] as const)
    engines.set(backend, await openTfjsEngine({ backends: [backend] }));
  whole = await residualBackbone(8);
});

interface Outcome {
  readonly numbers: Map<string, Float32Array>;
  /** Tensors alive after each step. */
  readonly alive: readonly number[];
}

/** Two steps from a state that no zero layer hides anything of: losses, logits, gradients and the parameters after. */
async function twoSteps(job: TrainingJob, engine: GraphEngine | undefined): Promise<Outcome> {
  const own: TrainingJob = { ...job, engine };
  const heads = initialHeads(own);
  const state = trainingState(own, heads);
  for (const segment of state.segments) {
    if (segment.name.endsWith('temperature') || segment.name.endsWith('variance')) continue;
    const values = state.snapshot().get(segment.name)!.data as Float32Array;
    const noise = new Float32Array(values.length);
    normalsFor(3, segment.name)(noise);
    state.restore(
      state.values,
      segment,
      values.map((v, i) => v + 0.1 * noise[i]!),
    );
  }
  const steps = await openEngine(own, state, heads);
  const numbers = new Map<string, Float32Array>();
  const alive: number[] = [];
  const keep = (kind: string, vector: Float32Array): void => {
    for (const [name, { data }] of state.snapshot(vector))
      numbers.set(`${kind} ${name}`, data as Float32Array);
  };
  try {
    for (const step of [0, 1]) {
      const images = job.trainIndices.slice(0, 7);
      const prepared = await steps.prepare(images, 0, 0);
      const { losses, logits } = await steps.step(prepared, images, 0, step);
      numbers.set(`losses ${step}`, Float32Array.from(Object.values(losses).map((v) => v ?? 0)));
      numbers.set(`logits ${step}`, logits.slice());
      keep(`gradient ${step}`, state.gradients);
      adamW(state, own.hyper, 1e-3, gradientNorm(state));
      // Adam divides a gradient by its own size: what is next to zero is a step up or down by rounding, in the long run.
      if (step === 0) keep('parameter', state.values);
      alive.push(engines.get('wasm')!.tfjs.core.memory().numTensors);
    }
    numbers.set('evaluated', await steps.evaluate(job.holdoutIndices));
    alive.push(engines.get('wasm')!.tfjs.core.memory().numTensors);
  } finally {
    await steps.close();
  }
  return { numbers, alive };
}

const JOBS: Readonly<Record<string, () => Promise<TrainingJob>>> = {
  'heads on features': async () => syntheticJob({ images: 40, job: { base: 'new' } }),
  'every weight': async () => residualJob(whole, { hyper: {}, texts: true }),
  'in parts, as a model that fixes its batch': async () =>
    residualJob(await residualBackbone(3), { hyper: {} }),
  'on the statistics of batches': async () => residualJob(await residualBackbone(8, true), { hyper: {} }),
  'low-rank updates': async () => residualJob(withLowRankUpdates(whole, 2, 1).part, { hyper: {} }),
  'the last layers, on what the frozen ones give': async () => {
    const cut = cutBelow(whole, new Set(['top.weight', 'fc.weight', 'fc.bias']));
    const part = await openFrozenPart(whole, cut.lower!);
    const { source, ...job } = residualJob(cut.upper, { hyper: {} });
    if (source.kind !== 'images') throw new Error('not a backbone');
    const pixels = source.images;
    const images: typeof pixels = async (indices, epoch, step) =>
      part.run((await pixels(indices, epoch, step)) as Float32Array, indices.length);
    return { ...job, source: { ...source, images } };
  },
};

describe.each(Object.entries(JOBS))('%s', (_, make) => {
  let job: TrainingJob;
  let expected: Outcome;
  beforeAll(async () => {
    job = await make();
    expected = await twoSteps(job, undefined);
  });

  it.each(['wasm', 'cpu'])('a step on %s is that of onnxruntime', async (backend) => {
    const engine = engines.get(backend)!;
    engine.notices();
    const { numbers, alive } = await twoSteps(job, engine);
    expect(engine.notices()).toEqual([]);
    expect([...numbers.keys()]).toEqual([...expected.numbers.keys()]);
    for (const [name, values] of expected.numbers) {
      const largest = values.reduce((most, v, i) => Math.max(most, Math.abs(v - numbers.get(name)![i]!)), 0);
      expect(largest, name).toBeLessThan(1e-4);
    }
    // Nothing that a step makes is left.
    expect(new Set(alive).size).toBe(1);
  });
});

describe('a training', () => {
  it.each(['wasm', 'cpu'])('on %s ends where that of onnxruntime ends', async (backend) => {
    const jobs: TrainingJob[] = [
      syntheticJob({ images: 60, hyper: { epochs: 6 } }),
      residualJob(whole, { hyper: { epochs: 4 } }),
    ];
    for (const job of jobs) {
      const mine = await finish({ ...job, engine: engines.get(backend) });
      const other = await finish(job);
      expect(mine.history.at(-1)!.loss).toBeCloseTo(other.history.at(-1)!.loss, 2);
      expect(mine.best.holdoutAccuracy).toBeCloseTo(other.best.holdoutAccuracy!, 1);
      expect(mine.history.at(-1)!.loss).toBeLessThan(0.8 * mine.history[0]!.loss);
    }
  });
});
