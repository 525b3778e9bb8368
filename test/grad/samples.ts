/** Inputs for gradient checks: seeded, rounded to float32, and away from the kinks of the ops that have them. */
import type { DType } from '../../core/graph/index.ts';
import { sizeOf } from './reference/array.ts';

export type Random = () => number;

/** Mulberry32: uniform on [0, 1). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Sample {
  readonly dims: readonly number[];
  readonly dtype: DType;
  /** Known before any run: a constant of the graph, not an input. */
  readonly constant: boolean;
  readonly fill: (random: Random) => readonly number[];
}

const floats = (dims: readonly number[], fill: Sample['fill']): Sample => ({
  dims,
  dtype: 'float32',
  constant: false,
  fill: (random) => fill(random).map(Math.fround),
});

const each = (dims: readonly number[], draw: Random): number[] => Array.from({ length: sizeOf(dims) }, draw);

/** Uniform on [low, high). */
export const uniform = (dims: readonly number[], low = -1.5, high = 1.5): Sample =>
  floats(dims, (random) => each(dims, () => low + (high - low) * random()));

/** Either sign, with a magnitude in [0.2, 1.7). */
export const awayFromZero = (dims: readonly number[]): Sample =>
  floats(dims, (random) => each(dims, () => (random() < 0.5 ? -1 : 1) * (0.2 + 1.5 * random())));

/** Uniform on [-reach, reach), at least 0.05 from every one of `kinks`. */
export const awayFrom = (dims: readonly number[], kinks: readonly number[], reach: number): Sample =>
  floats(dims, (random) =>
    each(dims, () => {
      let x: number;
      do x = reach * (2 * random() - 1);
      while (kinks.some((kink) => Math.abs(x - kink) < 0.05));
      return x;
    }),
  );

/** All different, evenly spaced in a random order, none within a quarter of a step of 0. */
export const distinct = (dims: readonly number[]): Sample =>
  floats(dims, (random) => {
    const n = sizeOf(dims);
    const values = Array.from({ length: n }, (_, i) => ((i + 0.25) / n - 0.5) * 3);
    for (let i = n - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [values[i], values[j]] = [values[j]!, values[i]!];
    }
    return values;
  });

export const exactly = (dims: readonly number[], values: readonly number[]): Sample =>
  floats(dims, () => values);

export const known = (sample: Sample): Sample => ({ ...sample, constant: true });

/** A constant list of int64. */
export const integers = (values: readonly number[], dims: readonly number[] = [values.length]): Sample => ({
  dims,
  dtype: 'int64',
  constant: true,
  fill: () => values,
});

/** int64 values that only a run knows. */
export const indices = (values: readonly number[], dims: readonly number[] = [values.length]): Sample => ({
  ...integers(values, dims),
  constant: false,
});

export const booleans = (dims: readonly number[]): Sample => ({
  dims,
  dtype: 'bool',
  constant: false,
  fill: (random) => each(dims, () => (random() < 0.5 ? 1 : 0)),
});
