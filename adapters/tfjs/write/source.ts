import type { Constant, Dim, DType, Shape } from '../../../core/graph/index.ts';
import type { Permutation } from './permutation.ts';
import type { TfValue } from './tf-builder.ts';

/** A TensorFlow value that holds an ONNX value with its axes in another order. */
export interface Form {
  readonly perm: Permutation;
  readonly value: TfValue;
}

/**
 * An ONNX value and the TensorFlow values that hold it, in one or more orders of axes. A convolution gives its result
 * with the channels last, and what follows takes it so where it can: it is transposed only when somebody asks for
 * an order that is not there yet.
 */
export interface Source {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape | undefined;
  readonly constant: Constant | undefined;
  /** At least one, but for constants. */
  readonly forms: Form[];
}

/** Sizes of the value as it is held in that order. */
export const shapeOf = (source: Source, perm: Permutation): Dim[] => perm.map((axis) => source.shape![axis]!);
