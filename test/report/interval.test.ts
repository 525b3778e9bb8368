import { describe, expect, it } from 'vitest';
import { meanInterval, pairedDifference, studentQuantile } from '../../core/report/index.ts';

describe('intervals', () => {
  it("has Student's quantiles, as scipy.stats.t.ppf(0.975, df) and ppf(0.995, df) give them", () => {
    const quantiles: [number, number, number][] = [
      [1, 12.706204736174694, 63.656741162871526],
      [2, 4.302652729749462, 9.924843200918287],
      [4, 2.7764451051977934, 4.604094871349992],
      [7, 2.364624251592784, 3.4994832973504924],
      [9, 2.262157162798205, 3.249835541592126],
      [29, 2.045229642132703, 2.756385903670605],
      [30, 2.0422724563012378, 2.7499956535672254],
      [100, 1.9839715185235518, 2.6258905214380173],
    ];
    for (const [degrees, at95, at99] of quantiles) {
      expect(studentQuantile(degrees, 0.95)).toBeCloseTo(at95, 8);
      expect(studentQuantile(degrees, 0.99)).toBeCloseTo(at99, 8);
    }
  });

  // scipy.stats.sem and scipy.stats.t.interval(0.95, 4, ...) on these values.
  const before = [61.7, 63.0, 60.2, 62.5, 61.1];
  const after = [63.1, 64.9, 60.9, 63.0, 64.0];

  it('of a mean', () => {
    const { mean, half, count } = meanInterval(before);
    expect(mean).toBeCloseTo(61.7, 10);
    expect(half).toBeCloseTo(1.3798680782153279, 8);
    expect(count).toBe(5);
  });

  it('of a difference, pair by pair', () => {
    const { mean, half } = pairedDifference(before, after);
    expect(mean - half).toBeCloseTo(0.27488209110555917, 8);
    expect(mean + half).toBeCloseTo(2.6851179088944406, 8);
  });

  it('is not known for one value, and zero for equal ones', () => {
    expect(meanInterval([3])).toEqual({ mean: 3, half: Number.NaN, count: 1 });
    expect(meanInterval([2, 2, 2]).half).toBe(0);
    expect(() => meanInterval([])).toThrow(RangeError);
    expect(() => pairedDifference([1], [1, 2])).toThrow('1 values before and 2 after');
  });
});
