import { describe, expect, it } from 'vitest';
import { compareModels, reportOf } from '../../core/report/index.ts';

const LABELS = ['ant', 'bee', 'cow'];
/** Scores whose best class is the given one. */
const choosing = (...classes: number[]) =>
  classes.flatMap((c) => LABELS.map((_, i) => (i === c ? 2 : 1 / (i + 1))));

describe('base against merged', () => {
  const truth = [0, 0, 1, 2, 2];
  const comparison = compareModels(choosing(0, 1, 1, 0, 2), choosing(0, 0, 2, 2, 2), truth, LABELS);

  it('measures both', () => {
    expect(comparison.base).toMatchObject({ images: 5, top1: 3 / 5, top5: 1 });
    expect(comparison.merged).toMatchObject({ images: 5, top1: 4 / 5, top5: 1 });
    expect(comparison.difference.top1).toBeCloseTo(1 / 5, 12);
    // By hand: base F1 1/2, 2/3, 2/3; merged 1, 0, 4/5.
    expect(comparison.difference.macroF1).toBeCloseTo((1 + 0 + 4 / 5) / 3 - (1 / 2 + 2 / 3 + 2 / 3) / 3, 12);
  });

  it('lists what changed', () => {
    expect(comparison.changed).toEqual([
      { image: 1, truth: 'ant', before: 'bee', after: 'ant' },
      { image: 2, truth: 'bee', before: 'bee', after: 'cow' },
      { image: 3, truth: 'cow', before: 'ant', after: 'cow' },
    ]);
    expect([comparison.corrected, comparison.spoiled]).toEqual([2, 1]);
    expect(comparison.perClass.map(({ label }) => label)).toEqual(['ant', 'cow', 'bee']);
    expect(comparison.perClass[2]!.f1).toBeCloseTo(-2 / 3, 12);
  });

  it('reports classes by name', () => {
    const report = reportOf(choosing(0, 1), [0, 0], LABELS);
    expect(report.perClass[0]).toEqual({ label: 'ant', images: 2, precision: 1, recall: 0.5, f1: 2 / 3 });
  });
});
