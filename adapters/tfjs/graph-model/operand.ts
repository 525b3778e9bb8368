import type { DType, GraphBuilder, Shape, Tensor, Value } from '../../../core/graph/index.ts';
import { arrayOf, emitArray, isClosed, type KnownArray, tensorOf } from './sizes.ts';

/**
 * What a node reads: a value of the graph, or something known already that becomes one only when it is read as such.
 */
export interface Operand {
  readonly dtype: DType;
  readonly shape: Shape;
  /** The elements, where they are known and few; some may be sizes that stay open. */
  readonly array: KnownArray | undefined;
  /** The elements, where they are known. */
  readonly tensor: Tensor | undefined;
  /** The name that the model has for a tensor. */
  readonly name: string | undefined;
  /** The value in the graph; emitted at the first call. */
  value(): Value;
}

export function valueOperand(value: Value): Operand {
  const { dtype, shape, name } = value;
  return { dtype, shape, array: undefined, tensor: undefined, name, value: () => value };
}

/** A weight or another constant; in the graph it keeps its name, if no re-laid copy of it has that already. */
export function tensorOperand(b: GraphBuilder, tensor: Tensor, name: string): Operand {
  const { dtype, dims: shape } = tensor;
  return {
    dtype,
    shape,
    array: arrayOf(tensor),
    tensor,
    name,
    value: once(() => b.weight(name, tensor)),
  };
}

export function arrayOperand(b: GraphBuilder, array: KnownArray): Operand {
  const { dtype, dims: shape } = array;
  const tensor = isClosed(array.data) ? tensorOf(array) : undefined;
  return { dtype, shape, array, tensor, name: undefined, value: once(() => emitArray(b, array)) };
}

function once(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
