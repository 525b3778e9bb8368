import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ContestResult } from './contest.ts';
import { type DatasetCounts, measuredSoFar } from './kept.ts';
import { inDocs, reportOf } from './report.ts';

const datasets: DatasetCounts[] = [
  { dataset: 'plates', measured: 0, classes: 2, train: 6, holdout: 2, test: 2 },
];

/** Test images right of 100, by contestant and seed. */
function results(mode: string, right: Readonly<Record<string, readonly number[]>>): ContestResult[] {
  return Object.entries(right).flatMap(([contestant, counts]) =>
    counts.map((count, seed) => ({
      ...{ dataset: 'plates', backbone: 'tiny', mode, measured: 0, contestant, seed },
      ...{ holdout: 1, clean: count / 100, corrupted: { haze: [count / 200] }, epoch: 1, seconds: 2 },
    })),
  );
}

const rowsOf = (page: string, begin: string): string[][] =>
  page.split('\n').flatMap((line) =>
    line.startsWith(`| ${begin} |`)
      ? [
          line
            .split('|')
            .slice(1, -1)
            .map((cell) => cell.trim()),
        ]
      : [],
  );

describe("the evidence's page", () => {
  it('is what the kept results make, and so is its picture', () => {
    const measured = measuredSoFar();
    expect(measured.results.length).toBeGreaterThan(0);
    const { page, picture } = reportOf(measured);
    expect(readFileSync(inDocs('evidence.md'), 'utf8')).toBe(page);
    expect(readFileSync(inDocs('images/evidence.svg'), 'utf8')).toBe(picture);
  });

  it("has the figures that README tells of all rows' means", () => {
    const [mean] = rowsOf(readFileSync(inDocs('evidence.md'), 'utf8'), '**mean of the 18 of all**');
    const [, , , clean, , corrupted] = mean!.map((cell) => cell.replace('+', ''));
    const readme = readFileSync(inDocs('../README.md'), 'utf8').replaceAll('\n', ' ');
    expect(readme).toContain(`MARNet is ${clean} points of top-1 better`);
    expect(readme).toContain(`${corrupted} points under corruption`);
  });

  it('pairs by seed, and shows seeds that all contestants have run with', () => {
    const { page } = reportOf({
      datasets,
      results: results('frozen', {
        'linear layer': [60, 70, 80],
        'plain heads': [60, 70, 80],
        MARNet: [62, 72],
      }),
      diagnoses: [],
      costs: [],
    });
    expect(page).toContain('2 seeds; corrupted at severities 1, 2, 3, 4, 5.');
    const [row] = rowsOf(page, 'MARNet');
    // Paired, every seed gains two points, so the interval is none; unpaired it would be wide.
    expect(row!.slice(4, 6)).toEqual(['+2.0 ± 0.0', '+1.0 ± 0.0']);
    expect(page).toContain('it is reached by 1 of 1: plates, tiny, frozen.');
  });

  it('says which trainings are not done with enough seeds, and shows no table of them', () => {
    const some = [
      ...results('frozen', { 'linear layer': [50, 50], MARNet: [58, 68] }),
      ...results('last:1', { 'linear layer': [50, 50], MARNet: [58] }),
    ];
    const { page } = reportOf({ datasets, results: some, diagnoses: [], costs: [] });
    expect(rowsOf(page, 'plates, tiny, frozen')).toHaveLength(1);
    expect(rowsOf(page, 'plates, tiny, last:1')).toEqual([]);
    expect(page).toMatch(/not yet with enough seeds: .*plates, tiny, last:1\.$/m);
  });

  it('does not call a gain reached whose interval holds zero, or that is small', () => {
    const some = [
      ...results('frozen', { 'linear layer': [50, 50], 'plain heads': [60, 60], MARNet: [58, 68] }),
      ...results('last:1', { 'linear layer': [50, 50], 'plain heads': [60, 60], MARNet: [61, 61] }),
    ];
    const { page, picture } = reportOf({ datasets, results: some, diagnoses: [], costs: [] });
    expect(page).toContain('it is reached by none of these.');
    expect(rowsOf(page, 'plates, tiny, last:1')[0]!.slice(1, 4)).toEqual(['2', '+11.0 ± 0.0', '+1.0 ± 0.0']);
    expect(picture).toMatch(/^<svg[\s\S]*last:1[\s\S]*<\/svg>$/);
  });

  it('takes means over rows, with the interval that the rows make', () => {
    const row = (mode: string, right: number) =>
      results(mode, { 'linear layer': [50, 52], 'plain heads': [60, 62], MARNet: [right, right + 2] });
    const some = [...row('frozen', 61), ...row('last:1', 62), ...row('last:2', 63)];
    const { page } = reportOf({ datasets, results: some, diagnoses: [], costs: [] });
    const [mean] = rowsOf(page, '**mean of the 3 of all**');
    // 1, 2 and 3 points: deviation 1, and Student's quantile for two degrees of freedom is 4.303.
    expect(mean).toEqual([
      '**mean of the 3 of all**',
      '',
      '+12.0 ± 2.5',
      '+2.0 ± 2.5',
      '+6.0 ± 1.2',
      '+1.0 ± 1.2',
    ]);
    const two = reportOf({ datasets, results: some.slice(0, 12), diagnoses: [], costs: [] });
    expect(two.page).not.toContain('mean of the');
  });

  it('sets corruption errors in relation to the linear layer of the same seed', () => {
    const { page } = reportOf({
      datasets,
      results: results('frozen', { 'linear layer': [40, 80], 'plain heads': [80, 40] }),
      diagnoses: [],
      costs: [],
    });
    // Errors under haze are 80 and 60 %: 60 / 80 and 80 / 60.
    expect(rowsOf(page, 'plain heads')[0]![3]).toMatch(/^104\.2 ± /);
    expect(rowsOf(page, 'linear layer')[0]![3]).toBe('100.0 ± 0.0');
  });
});
