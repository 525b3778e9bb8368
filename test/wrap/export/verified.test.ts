import { describe, expect, it } from 'vitest';
import { verifiedRows } from '../../../core/wrap/export/verified.ts';
import type { Prepared } from '../../../core/wrap/stage.ts';

const rowsOf = (held: number, quantize?: 'uint8'): number[] =>
  verifiedRows({
    rows: { train: [], holdout: Array.from({ length: held }, (_, i) => i) },
    options: { quantize },
  } as unknown as Prepared);

describe('the images that a written model is verified on', () => {
  it('are all of a small holdout', () => {
    expect(rowsOf(5)).toEqual([0, 1, 2, 3, 4]);
    expect(rowsOf(64)).toEqual(Array.from({ length: 64 }, (_, i) => i));
  });

  it('are spread evenly over a large one, so that every class has its share where it is in their order', () => {
    const rows = rowsOf(1000);
    expect(rows).toHaveLength(64);
    const classes = Array.from(
      { length: 10 },
      (_, k) => rows.filter((row) => Math.floor(row / 100) === k).length,
    );
    expect(Math.min(...classes)).toBeGreaterThanOrEqual(6);
    expect(Math.max(...classes)).toBeLessThanOrEqual(7);
  });

  it('are few of a file that is only the way to another form', () => {
    const prepared = { rows: { train: [], holdout: Array(1000) }, options: {} } as unknown as Prepared;
    expect(verifiedRows(prepared, 'between')).toHaveLength(16);
  });

  it('are more where weights are rounded', () => {
    expect(rowsOf(1000, 'uint8')).toHaveLength(256);
  });
});
