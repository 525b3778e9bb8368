/**
 * Which images make up each training step. Everything is a pure function of (seed, epoch), so that a resumed run goes on
 * with the batches that the unbroken run would have had. Batches are always full, because a training step is a graph of
 * fixed size.
 */
import { groupPositions } from './group.ts';
import { randomStream } from './random.ts';

export interface SamplerOptions {
  /** Class of each image; its length is the number of images. */
  readonly labels: ArrayLike<number>;
  readonly batch: number;
  readonly seed: number;
  /** Every class is drawn equally often in an epoch; an epoch is as long as without. */
  readonly balanced?: boolean;
}

/** Images a step: `batch`, or all of them where there are fewer. */
export function stepSize(count: number, batch: number): number {
  return Math.min(batch, count);
}

/** Steps of an epoch: as many as let every image be drawn. */
export function stepsPerEpoch(count: number, batch: number): number {
  return count === 0 ? 0 : Math.ceil(count / stepSize(count, batch));
}

/** All positions 0..count-1, shuffled. */
export function epochOrder(count: number, seed: number, epoch: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  return randomStream(seed, 'order', epoch).shuffle(order);
}

/**
 * As many positions as there are images, equally many of each class present; the classes that get one more than others
 * are drawn. A class with fewer images than its share has all of them drawn equally often, give or take one; from a class
 * with more, each epoch draws others.
 */
export function balancedOrder(labels: ArrayLike<number>, seed: number, epoch: number): Int32Array {
  const stream = randomStream(seed, 'balanced', epoch);
  const classes = stream.shuffle([...groupPositions(Array.from(labels)).values()]);
  const share = Math.floor(labels.length / classes.length);
  const extra = labels.length % classes.length;
  const drawn: number[] = [];
  classes.forEach((members, i) => {
    for (let left = share + (i < extra ? 1 : 0); left > 0; left -= members.length)
      for (const position of stream.shuffle(members).slice(0, left)) drawn.push(position);
  });
  return stream.shuffle(Int32Array.from(drawn));
}

/**
 * The batches of one epoch, each of `stepSize` positions. Where the images do not fill the last one, it goes on with the
 * epoch's first.
 */
export function epochBatches(options: SamplerOptions, epoch: number): Int32Array[] {
  const { labels, batch, seed, balanced = false } = options;
  const count = labels.length;
  const order = balanced ? balancedOrder(labels, seed, epoch) : epochOrder(count, seed, epoch);
  const size = stepSize(count, batch);
  return Array.from({ length: stepsPerEpoch(count, batch) }, (_, step) =>
    Int32Array.from({ length: size }, (_, i) => order[(step * size + i) % count]!),
  );
}
