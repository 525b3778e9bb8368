import { describe, expect, it } from 'vitest';
import { featureDropoutOf, HeadInputs } from '../../core/train/head-inputs.ts';
import { syntheticJob } from './support.ts';

describe('dropout of features', () => {
  const off = { ema: false, cdr: false } as const;

  it('is there while a linear layer could fit any labels of the training images', () => {
    const few = syntheticJob({ images: 25, width: 12 });
    expect(featureDropoutOf({ ...few, trainIndices: few.trainIndices.slice(0, 20) })).toBe(0.5);
    const many = syntheticJob({ images: 40, width: 12 });
    expect(featureDropoutOf({ ...many, trainIndices: many.trainIndices.slice(0, 24) })).toBe(0);
  });

  it('is what it is told to be, for a linear layer alone too', () => {
    expect(featureDropoutOf(syntheticJob({ heads: { featureDropout: 0.25 } }))).toBe(0.25);
    expect(featureDropoutOf(syntheticJob({ heads: { ...off, featureDropout: 0.25 } }))).toBe(0.25);
    expect(featureDropoutOf(syntheticJob({ images: 15, heads: { featureDropout: 0 } }))).toBe(0);
  });

  it('has nothing to drop where the original classifier is all there is', () => {
    const job = syntheticJob({ heads: { ...off, featureDropout: 0.25 }, job: { base: 'given' } });
    expect(featureDropoutOf(job)).toBe(0);
  });

  it('zeroes that share of the features of a step, and makes up for it in the rest', () => {
    const inputs = new HeadInputs(syntheticJob({ width: 500, heads: { featureDropout: 0.25 } }), 16);
    const mask = inputs.of([0, 1, 2], 0, 0)['marnet/batch/feature-mask']!;
    expect(mask.dims).toEqual([16, 500]);
    const values = Array.from(mask.data as Float32Array);
    expect(new Set(values)).toEqual(new Set([0, Math.fround(4 / 3)]));
    expect(values.filter((value) => value === 0).length / values.length).toBeCloseTo(0.25, 1);
  });
});
