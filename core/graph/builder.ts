import { type Attributes, int, ints } from './attribute.ts';
import { DTYPE_NUMBER, type DType } from './dtype.ts';
import { constantOf, type Graph, type Node, type Shape, type ValueType } from './graph.ts';
import { inferTypes } from './infer.ts';
import type { OperatorArguments, OperatorName } from './operators/arguments.ts';
import { type CheckedNode, operatorProblem } from './operators/check.ts';
import { float32, int64, sizeOf, type Tensor, toNumbers } from './tensor.ts';

/** A value of the graph under construction, with its type. */
export interface Value {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

/** What else there is to say of a node that is made. */
export interface EmitOptions {
  /** How many outputs; 1 unless told. */
  readonly outputs?: number;
  /** Names for the outputs, where they must be known. */
  readonly names?: readonly string[];
  /** Types of the outputs, for ops that `inferTypes` does not know. */
  readonly types?: readonly { readonly dtype: DType; readonly shape: Shape }[];
}

/** Any op that reduces along axes. */
export type Reduction = Extract<OperatorName, `Reduce${string}`>;

type BuilderArguments<K extends OperatorName> = OperatorArguments<K, Value, EmitOptions>;

/**
 * Appends nodes to a graph and knows the type of every value it makes. Convenience methods emit the form that the
 * graph's own operator set has (axes as attribute or as input, and so on), so the heads can be grafted on old models.
 */
export class GraphBuilder {
  readonly graph: Graph;
  readonly #prefix: string;
  readonly #names: Set<string>;
  readonly #constants = new Map<string, Value>();
  #counter = 0;

  /** @param prefix begins the name of every value and node made here. */
  constructor(graph: Graph, prefix = '') {
    this.graph = graph;
    this.#prefix = prefix;
    this.#names = new Set([
      ...graph.inputs.map((i) => i.name),
      ...graph.constants.keys(),
      ...graph.types.keys(),
    ]);
    for (const node of graph.nodes) for (const output of node.outputs) this.#names.add(output);
  }

  /** A name that no other value of the graph has. */
  uniqueName(base: string): string {
    let name = `${this.#prefix}${base}`;
    while (this.#names.has(name)) name = `${this.#prefix}${base}_${++this.#counter}`;
    this.#names.add(name);
    return name;
  }

  /** The value that already has this name. @throws RangeError when the graph has none or does not know its type. */
  value(name: string): Value {
    const type = this.graph.typeOf(name);
    if (!type?.shape) throw new RangeError(`the type of value "${name}" is not known`);
    return { name, dtype: type.dtype, shape: type.shape };
  }

  /** A new input of the graph. */
  input(name: string, dtype: DType, shape: Shape): Value {
    this.graph.inputs.push({ name, dtype, shape });
    this.#names.add(name);
    return { name, dtype, shape };
  }

  /** Makes a value an output of the graph, under `name` where one is given. */
  output(value: Value, name?: string): void {
    const named = name === undefined || name === value.name ? value : this.#rename(value, name);
    this.graph.outputs.push({ name: named.name, dtype: named.dtype, shape: named.shape });
  }

  #rename(value: Value, name: string): Value {
    return this.op('Identity', [value], {}, { names: [name] });
  }

  /** A constant of its own, even where an equal one exists: for weights. */
  weight(name: string, tensor: Tensor): Value {
    const unique = this.uniqueName(name);
    this.graph.constants.set(unique, constantOf(tensor));
    return { name: unique, dtype: tensor.dtype, shape: tensor.dims };
  }

  /** A constant; equal small ones are shared. */
  constant(tensor: Tensor): Value {
    if (sizeOf(tensor.dims) > 64) return this.weight('constant', tensor);
    const key = `${tensor.dtype}[${tensor.dims}]${Array.from(tensor.data as ArrayLike<unknown>, String)}`;
    let value = this.#constants.get(key);
    if (!value) {
      value = this.weight('constant', tensor);
      this.#constants.set(key, value);
    }
    return value;
  }

  /** A rank-0 constant of the same floating dtype as `like`. */
  scalar(value: number, like: { readonly dtype: DType }): Value {
    if (like.dtype === 'float64')
      return this.constant({ dtype: 'float64', dims: [], data: Float64Array.of(value) });
    if (like.dtype === 'float32') return this.constant(float32([value], []));
    return this.cast(this.constant(float32([value], [])), like.dtype);
  }

  /** A constant list of integers (int64, rank 1): sizes, axes. */
  integers(values: readonly number[]): Value {
    return this.constant(int64(values));
  }

  /** One node with one output. Inputs may be undefined where the op lets them be left out. */
  op<K extends OperatorName>(op: K, ...[inputs, attributes, options]: BuilderArguments<K>): Value {
    return this.emit(op, inputs, attributes, options)[0]!;
  }

  /** One node; all of its outputs. */
  ops<K extends OperatorName>(op: K, ...[inputs, attributes, options]: BuilderArguments<K>): Value[] {
    return this.emit(op, inputs, attributes, options);
  }

  /**
   * One node of an op whose name is known only when it runs, or of a domain of one's own; all of its outputs.
   * @param op its name; `domain:name` outside the standard domain.
   * @throws RangeError for a node that the graph's operator set does not allow.
   */
  emit(
    op: string,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes = {},
    options: EmitOptions = {},
  ): Value[] {
    const colon = op.indexOf(':');
    const [domain, name] = colon < 0 ? ['', op] : [op.slice(0, colon), op.slice(colon + 1)];
    const given = inputs.slice(0, inputs.findLastIndex((v) => v !== undefined) + 1);
    const types =
      options.types ??
      inferTypes({ op: name, domain, attributes, inputs, known: (i) => this.#knownIntegers(inputs[i]) });
    if (!types) throw new RangeError(`no type inference for op ${op}: pass its output types`);
    const count = options.names?.length ?? options.outputs ?? (name === 'Split' ? types.length : 1);
    const outputs = types.slice(0, count).map((type, i) => {
      const unique = options.names?.[i] ?? this.uniqueName(name);
      this.#names.add(unique);
      this.graph.types.set(unique, type satisfies ValueType);
      return { name: unique, dtype: type.dtype, shape: type.shape };
    });
    this.#check({ op: name, domain, attributes, inputs: given.map((v) => v ?? 'left out'), outputs });
    const node: Node = {
      op: name,
      domain,
      name: `${this.#prefix}${name}:${outputs[0]!.name}`,
      inputs: given.map((v) => v?.name ?? ''),
      outputs: outputs.map((v) => v.name),
      attributes,
    };
    this.graph.nodes.push(node);
    return outputs;
  }

  #check(node: CheckedNode): void {
    const opset = this.graph.opsets.get(node.domain);
    const problem = opset === undefined ? undefined : operatorProblem(node, opset);
    if (problem) throw new RangeError(`${node.op} ${problem}`);
  }

  #knownIntegers(value: Value | undefined): readonly number[] | undefined {
    const constant = value && this.graph.constants.get(value.name);
    return constant && sizeOf(constant.dims) <= 1024 ? toNumbers(constant.read()) : undefined;
  }

  /** a + b; shapes broadcast, as in all of these. */
  add = (a: Value, b: Value): Value => this.op('Add', [a, b]);
  /** a - b */
  sub = (a: Value, b: Value): Value => this.op('Sub', [a, b]);
  /** a b, element by element */
  mul = (a: Value, b: Value): Value => this.op('Mul', [a, b]);
  /** a / b; of integers, towards zero */
  div = (a: Value, b: Value): Value => this.op('Div', [a, b]);
  /** -x */
  neg = (x: Value): Value => this.op('Neg', [x]);
  /** e^x */
  exp = (x: Value): Value => this.op('Exp', [x]);
  /** The natural logarithm. */
  log = (x: Value): Value => this.op('Log', [x]);
  /** The square root. */
  sqrt = (x: Value): Value => this.op('Sqrt', [x]);
  /** The hyperbolic tangent. */
  tanh = (x: Value): Value => this.op('Tanh', [x]);
  /** 1 / (1 + e^-x) */
  sigmoid = (x: Value): Value => this.op('Sigmoid', [x]);
  /** max(x, 0) */
  relu = (x: Value): Value => this.op('Relu', [x]);
  /** Products of the matrices in the last two axes; the axes before broadcast. */
  matMul = (a: Value, b: Value): Value => this.op('MatMul', [a, b]);
  /** a where the condition (bool) holds, else b. */
  where = (condition: Value, a: Value, b: Value): Value => this.op('Where', [condition, a, b]);
  /** a > b, as bool */
  greater = (a: Value, b: Value): Value => this.op('Greater', [a, b]);
  /** a < b, as bool */
  less = (a: Value, b: Value): Value => this.op('Less', [a, b]);
  /** a = b, as bool */
  equal = (a: Value, b: Value): Value => this.op('Equal', [a, b]);

  /** x in another element type; x itself where it has that. */
  cast(x: Value, dtype: DType): Value {
    return x.dtype === dtype ? x : this.op('Cast', [x], { to: int(DTYPE_NUMBER[dtype]) });
  }

  /** Axis i of the result is axis `perm[i]` of x. */
  transpose(x: Value, perm: readonly number[]): Value {
    return perm.every((p, i) => p === i) ? x : this.op('Transpose', [x], { perm: ints(perm) });
  }

  /**
   * The same elements, row-major, in another shape.
   * @param shape sizes; -1 once for "the rest", 0 for "as in x".
   */
  reshape(x: Value, shape: readonly number[]): Value {
    if (shape.length === x.shape.length && shape.every((d, i) => d === x.shape[i])) return x;
    return this.op('Reshape', [x, this.integers(shape)]);
  }

  /** Axes of size 1 put in at these places of the result's shape. */
  unsqueeze(x: Value, axes: readonly number[]): Value {
    return this.graph.opset >= 13
      ? this.op('Unsqueeze', [x, this.integers(axes)])
      : this.op('Unsqueeze', [x], { axes: ints(axes) });
  }

  /** These axes, of size 1, taken out. */
  squeeze(x: Value, axes: readonly number[]): Value {
    return this.graph.opset >= 13
      ? this.op('Squeeze', [x, this.integers(axes)])
      : this.op('Squeeze', [x], { axes: ints(axes) });
  }

  /** The values one after the other along `axis`; their other sizes are equal. */
  concat(values: readonly Value[], axis: number): Value {
    return values.length === 1 ? values[0]! : this.op('Concat', values, { axis: int(axis) });
  }

  /** Parts of the given sizes along `axis`. */
  split(x: Value, sizes: readonly number[], axis: number): Value[] {
    return this.graph.opset >= 13
      ? this.ops('Split', [x, this.integers(sizes)], { axis: int(axis) })
      : this.ops('Split', [x], { axis: int(axis), split: ints(sizes) });
  }

  /** The elements from `starts` to before `ends` along `axes`, every `steps`-th; negative ones count from the end. */
  slice(
    x: Value,
    starts: readonly number[],
    ends: readonly number[],
    axes: readonly number[],
    steps?: readonly number[],
  ): Value {
    if (this.graph.opset < 10) {
      if (steps?.some((s) => s !== 1)) throw new RangeError('Slice has no steps before operator set 10');
      return this.op('Slice', [x], { starts: ints(starts), ends: ints(ends), axes: ints(axes) });
    }
    const [from, to, along] = [starts, ends, axes].map((values) => this.integers(values));
    return this.op('Slice', [x, from, to, along, steps && this.integers(steps)]);
  }

  /** Zero padding: sizes before each axis, then after each axis. */
  pad(x: Value, pads: readonly number[]): Value {
    if (pads.every((p) => p === 0)) return x;
    if (this.graph.opset < 11)
      return this.op('Pad', [x], { pads: ints(pads), mode: { kind: 'string', value: 'constant' } });
    return this.op('Pad', [x, this.integers(pads), x.dtype === 'float32' ? undefined : this.scalar(0, x)]);
  }

  /** x broadcast to a shape that it broadcasts to. */
  expand(x: Value, shape: readonly number[]): Value {
    if (shape.length === x.shape.length && shape.every((d, i) => d === x.shape[i])) return x;
    return this.op('Expand', [x, this.integers(shape)]);
  }

  /** Elements of x at `indices` (int32 or int64) along `axis`: x.shape with that axis replaced by the shape of the indices. */
  gather(x: Value, indices: Value, axis: number): Value {
    return this.op('Gather', [x, indices], { axis: int(axis) });
  }

  /** Any Reduce op; its axes became an input in operator set 18, those of ReduceSum in 13. */
  reduce(op: Reduction, x: Value, axes: readonly number[], keepdims = false): Value {
    const keep = { keepdims: int(keepdims ? 1 : 0) };
    return this.graph.opset >= (op === 'ReduceSum' ? 13 : 18)
      ? this.op(op, [x, this.integers(axes)], keep)
      : this.op(op, [x], { ...keep, axes: ints(axes) });
  }

  /** Sums along `axes`, which go unless `keepdims`. */
  reduceSum = (x: Value, axes: readonly number[], keepdims = false): Value =>
    this.reduce('ReduceSum', x, axes, keepdims);
  /** Means along `axes`. */
  reduceMean = (x: Value, axes: readonly number[], keepdims = false): Value =>
    this.reduce('ReduceMean', x, axes, keepdims);
  /** The largest along `axes`. */
  reduceMax = (x: Value, axes: readonly number[], keepdims = false): Value =>
    this.reduce('ReduceMax', x, axes, keepdims);
  /** Products along `axes`. */
  reduceProd = (x: Value, axes: readonly number[], keepdims = false): Value =>
    this.reduce('ReduceProd', x, axes, keepdims);
  /** The least along `axes`. */
  reduceMin = (x: Value, axes: readonly number[], keepdims = false): Value =>
    this.reduce('ReduceMin', x, axes, keepdims);
}
