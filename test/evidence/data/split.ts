/** Splits that follow from a seed and the names of things alone. */
import { groupPositions } from '../../../core/data/group.ts';
import { randomStream } from '../../../core/data/random.ts';

export type Split = 'train' | 'validation' | 'test';

export interface Shares {
  readonly validation: number;
  readonly test: number;
}

/**
 * A split for each thing, in these shares of each class; things of one unit (mirror images, near duplicates) go together.
 * A class's last units are trained on, so that each class has some.
 */
export function splitByName(
  things: readonly { readonly unit: string; readonly label: string }[],
  seed: number,
  shares: Shares,
): Split[] {
  const splits = new Array<Split>(things.length).fill('train');
  const labelOf = new Map(things.map(({ unit, label }) => [unit, label]));
  const units = [...labelOf.keys()];
  const splitOf = new Map<string, Split>();
  for (const members of groupPositions(units.map((unit) => labelOf.get(unit)!)).values()) {
    const own = members.map((i) => units[i]!);
    const drawn = new Map(own.map((unit) => [unit, randomStream(seed, 'split', unit).uniform()]));
    own.sort((a, b) => drawn.get(a)! - drawn.get(b)! || (a < b ? -1 : 1));
    const test = Math.round(own.length * shares.test);
    const validation = Math.max(1, Math.round(own.length * shares.validation));
    own.forEach((unit, i) => {
      splitOf.set(unit, i < test ? 'test' : i < test + validation ? 'validation' : 'train');
    });
  }
  things.forEach(({ unit }, i) => {
    splits[i] = splitOf.get(unit)!;
  });
  return splits;
}
