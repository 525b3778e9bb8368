import { describe, expect, it } from 'vitest';
import { drawsFor } from '../../core/train/index.ts';

const COUNT = 200_000;

describe('draws', () => {
  it('are standard normal', () => {
    const draws = new Float32Array(COUNT);
    drawsFor(1, 'normal').fillNormal(draws);
    const moment = (power: number): number => draws.reduce((sum, v) => sum + v ** power, 0) / COUNT;
    // Five standard errors: the moments of a normal number have variances 1, 2, 15 and 96.
    const allowed = (variance: number): number =>
      5 * Math.sqrt(variance / COUNT) + 5 * Math.sqrt(variance / 65536);
    [0, 1, 0, 3].forEach((expected, i) => {
      expect(Math.abs(moment(i + 1) - expected), `moment ${i + 1}`).toBeLessThan(allowed([1, 2, 15, 96][i]!));
    });
    for (const [limit, share] of [
      [1, 0.158655],
      [2, 0.02275],
      [3, 0.00135],
    ] as const) {
      const above = draws.filter((v) => v > limit).length / COUNT;
      expect(Math.abs(above - share)).toBeLessThan(allowed(share));
    }
  });

  it('are independent from one to the next', () => {
    const draws = new Float32Array(COUNT);
    drawsFor(2, 'normal').fillNormal(draws);
    for (const lag of [1, 2, 3]) {
      let sum = 0;
      for (let i = lag; i < COUNT; i++) sum += draws[i]! * draws[i - lag]!;
      expect(Math.abs(sum / COUNT), `lag ${lag}`).toBeLessThan(5 / Math.sqrt(COUNT));
    }
  });

  it.each([0.1, 0.3, 0.5, 0.999])('drop with probability %f, and keep the mean', (p) => {
    const mask = new Float32Array(COUNT + 3);
    drawsFor(3, 'dropout').fillDropout(mask, p);
    const dropped = mask.filter((v) => v === 0).length / mask.length;
    expect(Math.abs(dropped - p)).toBeLessThan(1 / 256 + 5 * Math.sqrt((p * (1 - p)) / COUNT));
    const mean = mask.reduce((a, b) => a + b, 0) / mask.length;
    expect(Math.abs(mean - 1)).toBeLessThan(5 * Math.sqrt(1 / (1 - Math.min(p, 255 / 256)) / COUNT));
  });

  it('fill every number, whatever the length', () => {
    for (const length of [1, 2, 3, 5, 7]) {
      const [normal, mask] = [new Float32Array(length), new Float32Array(length)];
      const draws = drawsFor(4, length);
      draws.fillNormal(normal);
      draws.fillDropout(mask, 0.004);
      expect(normal.every((v) => v !== 0)).toBe(true);
      expect(mask.every((v) => v > 0.99)).toBe(true);
    }
  });
});
