import { describe, expect, it } from 'vitest';
import { verifiedRows } from '../../../core/wrap/export/verified.ts';

describe('the images that a written model is verified on', () => {
  it('are all of a small holdout', () => {
    expect(verifiedRows(5, 'result')).toEqual([0, 1, 2, 3, 4]);
    expect(verifiedRows(64, 'result')).toEqual(Array.from({ length: 64 }, (_, i) => i));
  });

  it('are spread evenly over a large one, so that every class has its share where it is in their order', () => {
    const rows = verifiedRows(1000, 'result');
    expect(rows).toHaveLength(64);
    const classes = Array.from(
      { length: 10 },
      (_, k) => rows.filter((row) => Math.floor(row / 100) === k).length,
    );
    expect(Math.min(...classes)).toBeGreaterThanOrEqual(6);
    expect(Math.max(...classes)).toBeLessThanOrEqual(7);
  });

  it('are fewer for another form, fewest on the way to it, and most where weights are rounded', () => {
    const counts = (['between', 'converted', 'result', 'rounded'] as const).map(
      (what) => verifiedRows(1000, what).length,
    );
    expect(counts).toEqual([8, 32, 64, 256]);
  });
});
