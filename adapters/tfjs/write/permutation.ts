/** Orders of axes: axis i of the permuted tensor is axis `perm[i]` of the original, as in Transpose. */
import type { Tensor, TensorData } from '../../../core/graph/index.ts';

export type Permutation = readonly number[];

export const identity = (rank: number): Permutation => Array.from({ length: rank }, (_, i) => i);

/** From [N, C, spatial…] to [N, spatial…, C]. */
export const channelsLast = (rank: number): Permutation => [
  0,
  ...Array.from({ length: rank - 2 }, (_, i) => i + 2),
  1,
];

export const isIdentity = (perm: Permutation): boolean => perm.every((axis, i) => axis === i);

export const samePermutation = (a: Permutation, b: Permutation): boolean =>
  a.length === b.length && a.every((axis, i) => axis === b[i]);

export const inverse = (perm: Permutation): Permutation => {
  const result = new Array<number>(perm.length);
  perm.forEach((axis, i) => {
    result[axis] = i;
  });
  return result;
};

/** What turns a tensor that is permuted by `from` into one permuted by `to`. */
export const between = (from: Permutation, to: Permutation): Permutation => {
  const position = inverse(from);
  return to.map((axis) => position[axis]!);
};

export const permuted = <T>(values: readonly T[], perm: Permutation): T[] =>
  perm.map((axis) => values[axis]!);

/** The tensor's elements in another order of axes. */
export function transposeTensor(tensor: Tensor, perm: Permutation): Tensor {
  if (isIdentity(perm)) return tensor;
  const dims = permuted(tensor.dims, perm);
  const source = tensor.data as Float32Array;
  const data = new (source.constructor as Float32ArrayConstructor)(source.length);
  const strides = tensor.dims.map((_, axis) => tensor.dims.slice(axis + 1).reduce((p, d) => p * d, 1));
  const steps = permuted(strides, perm);
  const place = new Array<number>(dims.length).fill(0);
  const last = dims.length - 1;
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    data[to] = source[from]!;
    for (let axis = last; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++place[axis]! < dims[axis]!) break;
      from -= steps[axis]! * dims[axis]!;
      place[axis] = 0;
    }
  }
  return { dtype: tensor.dtype, dims, data: data as TensorData };
}
