import type { Attributes } from './attribute.ts';
import type { DType } from './dtype.ts';
import type { Tensor } from './tensor.ts';

/** A dimension: a size, or the name of a size that a run decides (`'batch'`; `'?'` when the model gives no name). */
export type Dim = number | string;
/** Sizes along each axis; undefined where not even the rank is known. */
export type Shape = readonly Dim[];

/** Element type and sizes of a value. */
export interface ValueType {
  readonly dtype: DType;
  readonly shape: Shape | undefined;
}

/** An input or output of a graph. */
export interface ValueInfo extends ValueType {
  readonly name: string;
  /** What holds it when it is no plain tensor; `dtype` and `shape` mean nothing then. */
  readonly container?: 'sequence' | 'map' | 'optional' | 'sparse';
}

/** One op of a graph, with the names of what it reads and makes. */
export interface Node {
  readonly op: string;
  /** '' is the standard domain ai.onnx. */
  readonly domain: string;
  readonly name: string;
  /** Names of values; '' marks an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  /** Where the node was read from: the index of its record in the file, so that it can be copied byte for byte. */
  readonly origin?: number;
}

/** A value known before any run (an ONNX initializer). Its elements are read when asked for: weights can be large. */
export interface Constant {
  readonly dtype: DType;
  readonly dims: readonly number[];
  /** All elements; a large constant is read from its file at each call. */
  read(): Tensor;
  /** The index of its record in the file it was read from. */
  readonly origin?: number;
}

/**
 * A dataflow graph in static single assignment form: every value has one name and one producer, nodes stand in an
 * order in which each comes after what it reads. No bytes and no runtime in here.
 */
export class Graph {
  name = 'graph';
  /** Operator set versions by domain; '' is ai.onnx. */
  readonly opsets = new Map<string, number>();
  /** What a run must be given; constants are not listed here even where a file repeats them as inputs. */
  inputs: ValueInfo[] = [];
  outputs: ValueInfo[] = [];
  nodes: Node[] = [];
  readonly constants = new Map<string, Constant>();
  /** What is known of the values' types: inputs and constants need no entry, see `typeOf`. */
  readonly types = new Map<string, ValueType>();
  /** Model-local functions by 'domain:name', called like ops and left as they are: the bytes of each FunctionProto. */
  readonly functions = new Map<string, Uint8Array>();

  /** Operator set of ai.onnx; 1 where the graph names none. */
  get opset(): number {
    return this.opsets.get('') ?? 1;
  }

  /** What is known of the type of a value; undefined where nothing is. */
  typeOf(name: string): ValueType | undefined {
    const constant = this.constants.get(name);
    if (constant) return { dtype: constant.dtype, shape: constant.dims };
    return (
      this.types.get(name) ??
      this.inputs.find((i) => i.name === name) ??
      this.outputs.find((o) => o.name === name)
    );
  }

  /** A copy whose lists can be changed without changing this one; nodes and constants are shared, being immutable. */
  clone(): Graph {
    const copy = new Graph();
    copy.name = this.name;
    for (const [domain, version] of this.opsets) copy.opsets.set(domain, version);
    copy.inputs = [...this.inputs];
    copy.outputs = [...this.outputs];
    copy.nodes = [...this.nodes];
    for (const [name, constant] of this.constants) copy.constants.set(name, constant);
    for (const [name, type] of this.types) copy.types.set(name, type);
    for (const [name, bytes] of this.functions) copy.functions.set(name, bytes);
    return copy;
  }
}

export function constantOf(tensor: Tensor): Constant {
  return { dtype: tensor.dtype, dims: tensor.dims, read: () => tensor };
}
