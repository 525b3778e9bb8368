/**
 * Small arrays that are known while a model is translated: constants, and what models compute from shapes. A size that
 * only a run decides (the batch) stays in them as an open element, so that a shape put together from it can be used.
 */
import {
  type DType,
  type GraphBuilder,
  int64,
  type Shape,
  sizeOf,
  type Tensor,
  toNumbers,
  type Value,
} from '../../../core/graph/index.ts';

/** A size that is not known yet. */
export interface OpenSize {
  /** The dimension's name; '?' where it has none, or where it was computed. */
  readonly dim: string;
  /** int64 [1] */
  emit(): Value;
  readonly builder: GraphBuilder;
}

/** A size, or one that stays open until a run. */
export type Size = number | OpenSize;

/** Row-major, as a tensor. */
export interface KnownArray {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: readonly Size[];
}

/** The product of sizes; one of 1s and a single open size is that size itself. */
export function productOf(sizes: readonly Size[]): Size {
  if (isClosed(sizes)) return sizes.reduce((a, b) => a * b, 1);
  const factors = sizes.filter((size) => size !== 1);
  const open = factors.find((size) => typeof size !== 'number')!;
  if (factors.length === 1) return open;
  const { builder: b } = open;
  const values = (): Value[] =>
    factors.map((size) => (typeof size === 'number' ? b.integers([size]) : size.emit()));
  return { dim: '?', builder: b, emit: () => values().reduce((x, y) => b.mul(x, y)) };
}

/** Longer constants are weights, which no shape is made of. */
export const LONGEST = 1024;

export const isClosed = (data: readonly Size[]): data is readonly number[] =>
  data.every((each) => typeof each === 'number');

export function arrayOf(tensor: Tensor): KnownArray | undefined {
  if (sizeOf(tensor.dims) > LONGEST || tensor.dtype === 'string') return undefined;
  return { dtype: tensor.dtype, dims: tensor.dims, data: toNumbers(tensor) };
}

/** The sizes of a value as an array. */
export function shapeArray(b: GraphBuilder, x: { readonly shape: Shape; value(): Value }): KnownArray {
  const data = x.shape.map((dim, axis): Size => {
    if (typeof dim === 'number') return dim;
    return {
      dim,
      builder: b,
      emit: () => {
        const shape = b.op(
          'Shape',
          [x.value()],
          {},
          { types: [{ dtype: 'int64', shape: [x.shape.length] }] },
        );
        return b.slice(shape, [axis], [axis + 1], [0]);
      },
    };
  });
  return { dtype: 'int32', dims: [x.shape.length], data };
}

/** The array as a tensor. @throws RangeError when an element is open. */
export function tensorOf({ dtype, dims, data }: KnownArray): Tensor {
  if (!isClosed(data)) throw new RangeError('an open size has no number');
  if (dtype === 'float32') return { dtype, dims, data: Float32Array.from(data) };
  if (dtype === 'bool') return { dtype, dims, data: Uint8Array.from(data) };
  return { dtype: 'int32', dims, data: Int32Array.from(data) };
}

/** Sizes as an int64 vector, for ops that take a shape; a constant where all are known. */
export function emitSizes(b: GraphBuilder, sizes: readonly Size[]): Value {
  if (isClosed(sizes)) return b.integers(sizes);
  const pieces = sizes.map((size) => (typeof size === 'number' ? b.constant(int64([size])) : size.emit()));
  return b.concat(pieces, 0);
}

/** The array as a value of its own dtype. */
export function emitArray(b: GraphBuilder, array: KnownArray): Value {
  if (isClosed(array.data)) return b.constant(tensorOf(array));
  const flat = b.cast(emitSizes(b, array.data), array.dtype);
  return array.dims.length === 1 ? flat : b.reshape(flat, array.dims);
}
