import type { Pixels } from '../pixels/pixels.ts';
import type { RandomStream } from '../random.ts';

/** 1 is the mildest. */
export type Severity = 1 | 2 | 3 | 4 | 5;

export const SEVERITIES: readonly Severity[] = [1, 2, 3, 4, 5];

/**
 * A change of light, sensor, lens, file or viewpoint that a model meets outside its training set. Applied to the decoded,
 * cropped 8-bit image at the model's size; lengths are shares of its shorter side, so that models of other sizes meet the
 * same.
 */
export interface Corruption {
  readonly name: string;
  /** What it does, and the numbers of its severities, in one line. */
  readonly about: string;
  /**
   * @param random the same numbers for all severities of one image, so that a higher one is the same accident, only worse.
   */
  apply(image: Pixels, severity: Severity, random: RandomStream): Pixels | Promise<Pixels>;
}

/** The entry of a severity. */
export function level<T>(levels: readonly [T, T, T, T, T], severity: Severity): T {
  return levels[severity - 1]!;
}

export function shorterSide({ width, height }: Pixels): number {
  return Math.min(width, height);
}

/** 1 or -1. */
export function randomSign({ uniform }: RandomStream): 1 | -1 {
  return uniform() < 0.5 ? -1 : 1;
}
