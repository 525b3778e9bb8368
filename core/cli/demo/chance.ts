/** The draws that the painting makes, over one seeded stream: the same seed and keys give the same picture. */

import { randomStream } from '../../data/random.ts';

export interface Chance {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** A whole number, low and high included. */
  whole(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
  /** True with this probability. */
  odds(probability: number): boolean;
  /** Shuffles in place and returns the same array. */
  shuffle<T>(items: T[]): T[];
}

/** Different keys give independent draws. */
export function chanceFor(seed: number, ...keys: readonly (string | number)[]): Chance {
  const stream = randomStream(seed, ...keys);
  return {
    next: stream.uniform,
    between: (low, high) => low + stream.uniform() * (high - low),
    whole: (low, high) => low + stream.int(high - low + 1),
    pick: (items) => items[stream.int(items.length)]!,
    odds: (probability) => stream.uniform() < probability,
    shuffle: (items) => stream.shuffle(items),
  };
}
