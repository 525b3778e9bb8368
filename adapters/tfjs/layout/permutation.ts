/** Orders of axes, as ONNX's Transpose has them: axis i of the result is axis perm[i] of the source. */
import type { Dim, Shape } from '../../../core/graph/index.ts';

export type Permutation = readonly number[];

export const isIdentity = (perm: Permutation): boolean => perm.every((p, i) => p === i);

export const equal = (a: Permutation, b: Permutation): boolean =>
  a.length === b.length && a.every((p, i) => p === b[i]);

export function inverse(perm: Permutation): number[] {
  const result = perm.map(() => 0);
  perm.forEach((p, i) => {
    result[p] = i;
  });
  return result;
}

/** Transpose by `first`, then by `second`, as one. */
export const compose = (first: Permutation, second: Permutation): number[] => second.map((p) => first[p]!);

/** Shape of Transpose(x, perm). */
export const permuted = (shape: Shape, perm: Permutation): Dim[] => perm.map((p) => shape[p]!);

/** Shape of the source whose Transpose by `perm` has `shape`. */
export const sourceShape = (shape: Shape, perm: Permutation): Dim[] => permuted(shape, inverse(perm));

/**
 * Whether a Transpose of a value of this shape leaves every element where it is in memory: the axes longer than 1 keep their
 * order.
 */
export function movesNothing(shape: Shape, perm: Permutation): boolean {
  const long = perm.filter((p) => shape[p] !== 1);
  return long.every((p, i) => i === 0 || long[i - 1]! < p);
}

/** The permutation that is left when axes of the result go away. @param gone axes of the result. */
export function without(perm: Permutation, gone: readonly number[]): number[] {
  const kept = perm.filter((_, i) => !gone.includes(i));
  const order = [...kept].sort((a, b) => a - b);
  return kept.map((p) => order.indexOf(p));
}
