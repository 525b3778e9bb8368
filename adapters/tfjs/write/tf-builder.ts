import { MarnetError } from '../../../core/errors.ts';
import {
  type Attributes,
  type Constant,
  constantOf,
  type DType,
  Graph,
  isFloating,
  type Node,
  sizeOf,
  type Tensor,
  toFloat32,
  toNumbers,
} from '../../../core/graph/index.ts';
import { legalName } from './names.ts';

/** The domain of TensorFlow's ops in our graph. */
export const TF_DOMAIN = 'tf';

/** The element types that TensorFlow.js has, but for complex numbers and strings. */
export type TfDType = 'float32' | 'int32' | 'bool';

/** A value of the graph of TensorFlow ops. */
export interface TfValue {
  readonly name: string;
  readonly dtype: TfDType;
}

/** The type that values of an ONNX type have in TensorFlow.js. */
export function tfDType(dtype: DType): TfDType | undefined {
  if (isFloating(dtype)) return 'float32';
  if (dtype === 'bool') return 'bool';
  return /^u?int(8|16|32|64)$/.test(dtype) ? 'int32' : undefined;
}

/** Constants of up to this many elements are shared where they are equal. */
const SMALL = 64;

/**
 * Collects nodes of TensorFlow ops; the same op on the same values is one node. Shapes are none of its business: whoever
 * emits a node knows them.
 */
export class TfGraphBuilder {
  readonly graph = new Graph();
  /** Begins the names of what is emitted; set to the ONNX node that is being translated. */
  scope = 'graph';
  readonly #names = new Set<string>();
  readonly #emitted = new Map<string, readonly TfValue[]>();
  readonly #constants = new Map<string, TfValue>();
  readonly #reshaped = new Map<string, TfValue>();

  /** A legal name that nothing else has. */
  uniqueName(base: string): string {
    const legal = legalName(base);
    let name = legal;
    for (let i = 1; this.#names.has(name); i++) name = `${legal}_${i}`;
    this.#names.add(name);
    return name;
  }

  /** A node with one output; its type is that of the first input unless told. */
  op(op: string, inputs: readonly TfValue[], attributes: Attributes = {}, dtype?: TfDType): TfValue {
    return this.ops(op, inputs, attributes, 1, dtype)[0]!;
  }

  ops(
    op: string,
    inputs: readonly TfValue[],
    attributes: Attributes,
    count: number,
    dtype: TfDType = inputs[0]?.dtype ?? 'float32',
  ): readonly TfValue[] {
    const key = JSON.stringify([op, inputs.map((input) => input.name), attributes, count, dtype]);
    const known = this.#emitted.get(key);
    if (known) return known;
    const outputs = this.#emit(this.uniqueName(`${this.scope}/${op}`), op, inputs, attributes, count, dtype);
    this.#emitted.set(key, outputs);
    if (op === 'Reshape') this.#reshaped.set(outputs[0]!.name, inputs[0]!);
    return outputs;
  }

  /** The value as it was before it was reshaped. */
  beforeReshape(value: TfValue): TfValue {
    return this.#reshaped.get(value.name) ?? value;
  }

  /** A node of a name that `uniqueName` gave. */
  named(
    name: string,
    op: string,
    inputs: readonly TfValue[],
    dtype: TfDType,
    attributes: Attributes = {},
  ): TfValue {
    return this.#emit(name, op, inputs, attributes, 1, dtype)[0]!;
  }

  #emit(
    name: string,
    op: string,
    inputs: readonly TfValue[],
    attributes: Attributes,
    count: number,
    dtype: TfDType,
  ): readonly TfValue[] {
    const outputs = Array.from({ length: count }, (_, i) => ({
      name: i === 0 ? name : `${name}:${i}`,
      dtype,
    }));
    for (const output of outputs) this.graph.types.set(output.name, { dtype, shape: undefined });
    const node: Node = {
      op,
      domain: TF_DOMAIN,
      name,
      inputs: inputs.map((input) => input.name),
      outputs: outputs.map((output) => output.name),
      attributes,
    };
    this.graph.nodes.push(node);
    return outputs;
  }

  integers(values: readonly number[], dims: readonly number[] = [values.length]): TfValue {
    return this.constant({ dtype: 'int32', dims, data: Int32Array.from(values) });
  }

  /** A constant of rank 0. */
  scalar(value: number, dtype: TfDType = 'float32'): TfValue {
    const data = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[dtype].of(value);
    return this.constant({ dtype, dims: [], data });
  }

  /** A constant; equal small ones are shared. @throws MarnetError 'unsupported-model' as `toTfTensor`. */
  constant(tensor: Tensor, base = `${this.scope}/constant`): TfValue {
    const converted = toTfTensor(tensor, base);
    if (sizeOf(tensor.dims) > SMALL) return this.weight(base, constantOf(converted));
    const key = `${converted.dtype}[${converted.dims}]${Array.from(converted.data as ArrayLike<number>, keyOf)}`;
    let value = this.#constants.get(key);
    if (!value) {
      value = this.weight(base, constantOf(converted));
      this.#constants.set(key, value);
    }
    return value;
  }

  /** A constant whose elements are read when the model is written; of a type that TensorFlow.js has. */
  weight(base: string, constant: Constant): TfValue {
    const name = this.uniqueName(base);
    this.graph.constants.set(name, constant);
    return { name, dtype: constant.dtype as TfDType };
  }
}

const keyOf = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

const [LEAST, MOST] = [-(2 ** 31), 2 ** 31 - 1];

/**
 * The tensor in a type that TensorFlow.js has.
 * @throws MarnetError 'unsupported-model' for other types, and for integers beyond 32 bits.
 */
export function toTfTensor(tensor: Tensor, name: string): Tensor {
  const dtype = tfDType(tensor.dtype);
  if (dtype === tensor.dtype) return tensor;
  if (dtype === 'float32') return { dtype, dims: tensor.dims, data: toFloat32(tensor) };
  if (dtype === undefined)
    throw new MarnetError(
      'unsupported-model',
      `constant "${name}" is ${tensor.dtype}, which TensorFlow.js lacks`,
      {
        hint: 'Export to ONNX instead.',
      },
    );
  const numbers = toNumbers(tensor);
  const beyond = numbers.find((value) => value < LEAST || value > MOST);
  if (beyond !== undefined)
    throw new MarnetError(
      'unsupported-model',
      `constant "${name}" holds ${beyond}, and TensorFlow.js has no integers beyond 32 bits`,
      { hint: 'Export to ONNX instead.' },
    );
  return { dtype, dims: tensor.dims, data: Int32Array.from(numbers) };
}
