/** Results put together: what every contestant reached on one data set, with one backbone in one mode. */
import { SEVERITIES } from '../../core/data/corruptions/index.ts';
import { groupPositions } from '../../core/data/group.ts';
import { CONTESTANTS, type ContestResult } from './contest.ts';
import { EVIDENCE } from './dataset.ts';

/** All results of a data set, a backbone and a mode, of seeds that every contestant there has run with. */
export interface Measurement {
  readonly name: string;
  readonly dataset: string;
  readonly backbone: string;
  readonly mode: string;
  readonly contestants: readonly string[];
  readonly seeds: number;
  /** Of the corruptions. */
  readonly severities: readonly number[];
  /** By seed. */
  of<T>(contestant: string, value: (result: ContestResult) => T): T[];
}

/** In the order of the data sets, then by backbone and mode: whatever order they were measured in. */
export function measurementsOf(results: readonly ContestResult[]): Measurement[] {
  const groups = groupPositions(
    results.map(({ dataset, backbone, mode }) => `${dataset}, ${backbone}, ${mode}`),
  );
  const place = (name: string): number => Object.keys(EVIDENCE).indexOf(name.split(', ')[0]!);
  const sorted = [...groups].sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1));
  return sorted.map(([name, members]) => {
    const all = members.map((i) => results[i]!);
    const contestants = CONTESTANTS.flatMap((each) =>
      all.some(({ contestant }) => contestant === each.name) ? [each.name] : [],
    );
    const has = (seed: number, name: string): boolean =>
      all.some((each) => each.seed === seed && each.contestant === name);
    const seeds = [...new Set(all.map(({ seed }) => seed))]
      .filter((seed) => contestants.every((contestant) => has(seed, contestant)))
      .sort((a, b) => a - b);
    const { dataset, backbone, mode } = all[0]!;
    return {
      name,
      dataset,
      backbone,
      mode,
      contestants,
      seeds: seeds.length,
      severities: all[0]!.severities ?? SEVERITIES,
      of: (contestant, value) =>
        seeds.map((seed) => value(all.find((each) => each.seed === seed && each.contestant === contestant)!)),
    };
  });
}

export function corruptedMean({ corrupted }: ContestResult): number {
  const values = Object.values(corrupted).flat();
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
