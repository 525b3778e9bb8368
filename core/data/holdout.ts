/**
 * A stratified holdout. Each image gets a seeded number from its path, and each class gives its lowest ones: the same
 * image stays on its side when others are added or removed, as far as the counts allow.
 */
import { groupPositions } from './group.ts';
import { randomStream } from './random.ts';

/**
 * @param fraction of each class to hold out, 0 to 1. A class of two or more keeps one image in training, and where the
 * fraction is above 0 gives at least one; a class of one stays in training.
 * @returns true at the positions held out.
 */
export function stratifiedHoldout(
  ids: readonly string[],
  labels: readonly string[],
  fraction: number,
  seed: number,
): boolean[] {
  const held = new Array<boolean>(ids.length).fill(false);
  if (fraction <= 0) return held;
  for (const members of groupPositions(labels).values()) {
    if (members.length < 2) continue;
    const count = Math.min(members.length - 1, Math.max(1, Math.round(members.length * fraction)));
    const rank = new Map(members.map((i) => [i, randomStream(seed, 'holdout', ids[i]!).uniform()]));
    members.sort((a, b) => rank.get(a)! - rank.get(b)! || a - b);
    for (const i of members.slice(0, count)) held[i] = true;
  }
  return held;
}
