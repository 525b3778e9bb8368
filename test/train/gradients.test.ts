import { describe, expect, it } from 'vitest';
import type { HeadOptionsInput } from '../../core/marnet/index.ts';
import type { TrainingJob } from '../../core/train/index.ts';
import { initialHeads, openEngine, trainingState } from '../../core/train/setup.ts';
import type { TrainingState } from '../../core/train/state.ts';
import { normalsFor } from './normals.ts';
import { smallHeads, syntheticJob } from './support.ts';

/** Not at the start, where zero layers hide most gradients. */
function disturb(state: TrainingState): void {
  const noise = new Float32Array(state.values.length);
  normalsFor(3, 'disturb')(noise);
  for (const { name, begin, end } of state.segments) {
    if (name.endsWith('temperature')) continue;
    for (let i = begin; i < end; i++) state.values[i]! += 0.2 * noise[i]!;
  }
}

async function gradientsOf(
  heads: HeadOptionsInput,
  checked: (name: string) => boolean,
): Promise<Map<string, Float32Array>> {
  const base = syntheticJob({ images: 20, heads: { ...smallHeads, temperature: 0.5, ...heads } });
  const job: TrainingJob = { ...base, trainIndices: base.trainIndices.slice(0, 14) };
  const first = initialHeads(job);
  const state = trainingState(job, first);
  disturb(state);
  const engine = await openEngine(job, state, first);
  try {
    // Fewer images than rows, so that padding is part of what is tested.
    const images = job.trainIndices.slice(0, 11);
    const lossOf = async () => (await engine.step(undefined, images, 0, 0)).losses.loss;
    await lossOf();
    const gradients = new Map(
      [...state.snapshot(state.gradients)].map(([name, t]) => [name, t.data as Float32Array]),
    );
    await compare(state, gradients, checked, lossOf);
    return gradients;
  } finally {
    await engine.close();
  }
}

/** The slope along each tensor's own gradient, by central differences, is that gradient's length. */
async function compare(
  state: TrainingState,
  gradients: ReadonlyMap<string, Float32Array>,
  checked: (name: string) => boolean,
  lossOf: () => Promise<number>,
): Promise<void> {
  for (const { name, begin, end } of state.segments.filter((s) => checked(s.name))) {
    const gradient = gradients.get(name)!;
    const length = Math.hypot(...gradient);
    const before = state.values.slice(begin, end);
    const slopeAt = async (h: number) => {
      const at: number[] = [];
      for (const sign of [1, -1]) {
        for (let i = begin; i < end; i++)
          state.values[i] = before[i - begin]! + (sign * h * gradient[i - begin]!) / length;
        at.push(await lossOf());
      }
      state.values.set(before, begin);
      return (at[0]! - at[1]!) / (2 * h);
    };
    expect(length, name).toBeGreaterThan(0);
    // Richardson's extrapolation: steps large enough for float32, without their curvature error.
    const slope = (4 * (await slopeAt(0.01)) - (await slopeAt(0.02))) / 3;
    expect(Math.abs(slope - length), `${name}: ${slope} against ${length}`).toBeLessThan(
      0.01 * length + 5e-4,
    );
  }
}

/** The text encoder, which the reconstruction's target must not train. */
const isTextEncoder = (name: string) => /text\/(table|0|1|norm)/.test(name);

/** The slope of the loss is what gradients through every sampling step give. */
const wholeSampler = { gradientSteps: smallHeads.samplingSteps } as const;

describe('gradients of a step', () => {
  it('are the slopes of the loss without CDR, for every parameter', async () => {
    await gradientsOf({ cdr: false, dropout: 0.3 }, () => true);
  });

  it('are the slopes of the loss where features are dropped, with heads and without', async () => {
    await gradientsOf({ cdr: false, featureDropout: 0.4 }, () => true);
    await gradientsOf({ ema: false, cdr: false, featureDropout: 0.4 }, () => true);
  });

  it('are the slopes of the loss with everything on, for all but the text encoder', async () => {
    await gradientsOf({ ...wholeSampler, dropout: 0.3 }, (name) => !isTextEncoder(name));
  });

  it('give the text encoder nothing from the reconstruction', async () => {
    const all = await gradientsOf({}, () => false);
    const without = await gradientsOf({ wRec: 0, wCdr: 0 }, () => false);
    const alone = await gradientsOf({ ema: false, wText: 0 }, () => false);
    for (const [name, gradient] of all) {
      if (!isTextEncoder(name)) continue;
      expect(Math.hypot(...gradient), name).toBeGreaterThan(0);
      gradient.forEach((g, i) => {
        expect(Math.abs(g - without.get(name)![i]!)).toBeLessThan(1e-5);
      });
      expect(Math.hypot(...alone.get(name)!), name).toBe(0);
    }
  });
});
