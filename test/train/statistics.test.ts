import { describe, expect, it } from 'vitest';
import { featureStatistics } from '../../core/train/statistics.ts';

const COUNT = 400;
const rows = Array.from({ length: COUNT }, (_, i) => i);

/** Features whose deviations are `deviations`, around `centre`. */
function features(deviations: readonly number[], centre = 0): Float32Array {
  const width = deviations.length;
  return Float32Array.from({ length: COUNT * width }, (_, i) => {
    const [row, j] = [Math.floor(i / width), i % width];
    return centre + deviations[j]! * (row % 2 === 0 ? 1 : -1);
  });
}

describe('statistics of features', () => {
  it('are mean and 1/deviation of the rows given', () => {
    const { mean, scale } = featureStatistics(features([2, 0.5], 1), 2, rows.slice(0, 100));
    for (const j of [0, 1]) expect(mean[j]).toBeCloseTo(1, 5);
    expect(scale[0]).toBeCloseTo(0.5, 5);
    expect(scale[1]).toBeCloseTo(2, 5);
  });

  it('do not blow up a feature that hardly moves', () => {
    const { scale } = featureStatistics(features([1, 1, 1, 1e-6]), 4, rows);
    expect(scale[3]).toBeCloseTo(100 / Math.sqrt(0.75), 1);
  });

  it('do not blow up rounding where no feature moves', () => {
    const { scale } = featureStatistics(features([1e-5, 1e-5], 8), 2, rows);
    for (const j of [0, 1]) expect(scale[j]).toBeCloseTo(1000 / 8, 2);
  });

  it('leave features that are all zero as they are', () => {
    expect([...featureStatistics(features([0, 0]), 2, rows).scale]).toEqual([1, 1]);
  });
});
