import { describe, expect, it } from 'vitest';
import {
  headOptions,
  samplingLevels,
  samplingSteps,
  signalLevels,
  timeEmbedding,
} from '../../core/marnet/index.ts';

describe('noise schedule', () => {
  it('follows the cosine formula at every level that is not cut', () => {
    const levels = signalLevels(100, 'cosine');
    const f = (t: number) => Math.cos(((t / 100 + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
    for (let t = 0; t < 100; t++) expect(levels[t]).toBeCloseTo(f(t) / f(0), 12);
    // The formula ends at 0; the cut of beta at 0.999 leaves a thousandth of the level before.
    expect(levels[100]).toBeCloseTo(levels[99]! * 0.001, 12);
    expect(levels[50]).toBeCloseTo(0.4938, 4);
  });

  it('falls from 1 towards 0', () => {
    for (const schedule of ['cosine', 'linear'] as const) {
      const levels = signalLevels(100, schedule);
      expect(levels[0]).toBe(1);
      for (let t = 1; t <= 100; t++) expect(levels[t]).toBeLessThan(levels[t - 1]!);
      expect(levels[100]).toBeLessThan(1e-4);
      expect(levels[100]).toBeGreaterThan(0);
    }
  });

  it('has the linear betas of DDPM at T = 1000', () => {
    const levels = signalLevels(1000, 'linear');
    expect(1 - levels[1]!).toBeCloseTo(1e-4, 10);
    expect(1 - levels[1000]! / levels[999]!).toBeCloseTo(0.02, 10);
    expect(levels[1000]).toBeCloseTo(4.0358e-5, 8); // the value that DDPM implementations report
  });

  it('visits evenly spaced levels, each at most once', () => {
    expect(samplingLevels(100, 4)).toEqual([100, 75, 50, 25, 0]);
    expect(samplingLevels(3, 8)).toEqual([3, 2, 1, 0]);
  });

  it('ends with the prediction itself', () => {
    for (const k of [1, 2, 5]) {
      const last = samplingSteps(headOptions({ samplingSteps: k })).at(-1)!;
      expect(last.rest).toBe(0);
      expect(last.signal).toBe(1);
    }
  });

  it('embeds a level in sines and cosines', () => {
    const embedding = timeEmbedding(3, 4);
    expect(Array.from(embedding)).toEqual(
      [Math.sin(3), Math.sin(0.03), Math.cos(3), Math.cos(0.03)].map(Math.fround),
    );
  });
});
