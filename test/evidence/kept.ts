/**
 * What was measured, kept in the repository beside the scripts that measure it: one JSON object a line. The page is a
 * function of these files, so it can be written again, and added to, without the hours that they took.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ContestResult, MEASURED } from './contest.ts';
import type { Cost } from './cost.ts';
import type { EvidenceDataset } from './dataset.ts';
import type { Diagnosis } from './diagnosis.ts';

/** Of a data set, what the page tells. */
export interface DatasetCounts {
  readonly dataset: string;
  readonly measured: number;
  readonly classes: number;
  /** Images of each split. */
  readonly train: number;
  readonly holdout: number;
  readonly test: number;
}

export interface Measured {
  readonly datasets: readonly DatasetCounts[];
  readonly results: readonly ContestResult[];
  readonly diagnoses: readonly Diagnosis[];
  readonly costs: readonly Cost[];
}

const fileOf = (kind: keyof Measured): string =>
  fileURLToPath(new URL(`results/${kind}.jsonl`, import.meta.url));

/** What was measured of the method as it is: `MEASURED` says so. */
export function measuredSoFar(): Measured {
  const of = <T extends { readonly measured: number }>(kind: keyof Measured): T[] => {
    if (!existsSync(fileOf(kind))) return [];
    const lines = readFileSync(fileOf(kind), 'utf8').split('\n');
    return lines
      .filter((line) => line !== '')
      .map((line): T => JSON.parse(line))
      .filter(({ measured }) => measured === MEASURED);
  };
  return { datasets: of('datasets'), results: of('results'), diagnoses: of('diagnoses'), costs: of('costs') };
}

/** Adds one. Several processes may do so at once: a line is written in one piece. */
export function keep<K extends keyof Measured>(kind: K, one: Measured[K][number]): void {
  appendFileSync(fileOf(kind), `${JSON.stringify(one, rounded)}\n`);
}

/** Numbers to five digits behind the point: accuracies are of some hundred images. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1e5) / 1e5 : value;
}

export function countsOf({ name, classes, images }: EvidenceDataset): DatasetCounts {
  const count = (split: string): number => images.filter((image) => image.split === split).length;
  return {
    dataset: name,
    measured: MEASURED,
    classes: classes.length,
    train: count('train'),
    holdout: count('holdout'),
    test: count('test'),
  };
}
