/** The draws that the painting makes, over one seeded stream: the same seed and keys give the same picture. */

import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

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
}

/** Independent streams for different keys; words are hashed with FNV-1a. */
export function chanceFor(seed: number, ...keys: readonly string[]): Chance {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (const char of keys.join('\n')) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193) >>> 0;
  const generator = xoroshiro128plus(hash);
  const next = () => uniformFloat64(generator);
  const whole = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    whole,
    pick: (items) => items[whole(0, items.length - 1)]!,
    odds: (probability) => next() < probability,
  };
}
