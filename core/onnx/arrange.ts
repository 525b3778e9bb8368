/** Something to be written, and the record whose place it takes; undefined for what is new. */
export interface Placed {
  readonly record: number | undefined;
}

/**
 * Gives every item a place among the records of its kind: an old one its own, a new one that of the next old item
 * after it, new ones at the end `end`. So the old keep their bytes' order, and taking the new ones away again leaves
 * nothing behind. When the old ones were reordered, all go where the first record was.
 *
 * @param records indices of the kind's records, in the order in which the decoded graph lists them.
 * @param end the record after which new items at the end stand; -1 when there is none.
 * @returns what to write at each record, in order.
 */
export function arrange<T extends Placed>(
  items: readonly T[],
  records: readonly number[],
  end: number,
): Map<number, T[]> {
  const slots = new Map<number, T[]>();
  if (!inOrder(items, records)) {
    slots.set(
      records.reduce((a, b) => Math.min(a, b)),
      [...items],
    );
    return slots;
  }
  let waiting: T[] = [];
  for (const item of items) {
    waiting.push(item);
    if (item.record === undefined) continue;
    slots.set(item.record, waiting);
    waiting = [];
  }
  if (waiting.length > 0) slots.set(end, [...(slots.get(end) ?? []), ...waiting]);
  return slots;
}

function inOrder(items: readonly Placed[], records: readonly number[]): boolean {
  const rank = new Map(records.map((record, i) => [record, i]));
  let previous = -1;
  for (const { record } of items) {
    if (record === undefined) continue;
    const now = rank.get(record)!;
    if (now < previous) return false;
    previous = now;
  }
  return true;
}
