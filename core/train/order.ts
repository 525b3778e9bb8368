import { type Draws, drawsFor } from './draws.ts';

/**
 * The order in which an epoch visits the training images: a function of seed and epoch alone.
 * @param balanced draw every class equally often: the classes take turns, each going through its own images in
 *   shuffled rounds. The epoch is as long either way.
 */
export function epochOrder(
  indices: readonly number[],
  labels: Int32Array,
  seed: number,
  epoch: number,
  balanced: boolean,
): number[] {
  const draws = drawsFor(seed, 'order', epoch);
  if (!balanced) return draws.shuffled(indices);
  const byClass = new Map<number, number[]>();
  for (const i of indices) {
    const members = byClass.get(labels[i]!);
    if (members) members.push(i);
    else byClass.set(labels[i]!, [i]);
  }
  const decks = [...byClass.entries()].sort(([a], [b]) => a - b).map(([, members]) => deck(members, draws));
  const order: number[] = [];
  while (order.length < indices.length)
    for (const turn of draws.shuffled(decks)) if (order.length < indices.length) order.push(turn());
  return order;
}

/** Deals the members in a shuffled order, shuffling again when all are dealt. */
function deck(members: readonly number[], draws: Draws): () => number {
  let rest: number[] = [];
  return () => {
    if (rest.length === 0) rest = draws.shuffled(members);
    return rest.pop()!;
  };
}
