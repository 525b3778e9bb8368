/** The graph under construction: its nodes, and the Transposes and constants that were made for it so far. */
import {
  constantOf,
  type DType,
  type Graph,
  int64,
  ints,
  type Node,
  readsOf,
  type Shape,
  type Tensor,
  type Uses,
  usesOf,
} from '../../../core/graph/index.ts';
import { isIdentity, movesNothing, type Permutation, permuted } from './permutation.ts';
import { targetOf } from './reshape.ts';

const RESHAPING = new Set(['Reshape', 'Unsqueeze', 'Squeeze', 'Flatten']);

export class Rebuilt {
  /** The graph as it was. */
  readonly before: Graph;
  readonly uses: Uses;
  readonly graph: Graph;
  /** Values that keep name and meaning: outputs of the graph, and what bodies of nodes read. */
  readonly pinned: ReadonlySet<string>;
  readonly #names: Set<string>;
  /** Index of the node that makes a value. */
  readonly #makers = new Map<string, number>();
  /** Names of what was made once and is used again, by what it is. */
  readonly #made = new Map<string, string>();

  constructor(before: Graph) {
    this.before = before;
    this.uses = usesOf(before);
    this.graph = before.clone();
    this.graph.nodes = [];
    this.graph.types.clear();
    const pinned = new Set(before.outputs.map((output) => output.name));
    this.#names = new Set([...before.inputs.map((input) => input.name), ...before.constants.keys()]);
    for (const node of before.nodes) {
      for (const name of readsOf(node)) if (!node.inputs.includes(name)) pinned.add(name);
      for (const name of node.outputs) this.#names.add(name);
    }
    this.pinned = pinned;
  }

  push(node: Node): void {
    for (const output of node.outputs) this.#makers.set(output, this.graph.nodes.length);
    this.graph.nodes.push(node);
  }

  maker(name: string): Node | undefined {
    const at = this.#makers.get(name);
    return at === undefined ? undefined : this.graph.nodes[at];
  }

  /** One ONNX node with one output of this type. */
  emit(
    op: string,
    inputs: readonly string[],
    attributes: Node['attributes'],
    output: string,
    type: { readonly dtype: DType; readonly shape: Shape },
  ): void {
    this.push({ op, domain: '', name: output, inputs, outputs: [output], attributes });
    this.graph.types.set(output, type);
  }

  /** Another name for a value that no node has read yet. */
  rename(from: string, to: string): void {
    const at = this.#makers.get(from)!;
    const { nodes, types } = this.graph;
    const node = nodes[at]!;
    nodes[at] = { ...node, name: to, outputs: node.outputs.map((name) => (name === from ? to : name)) };
    this.#makers.set(to, at);
    const type = types.get(from);
    types.delete(from);
    if (type) types.set(to, type);
  }

  /** The value has the type that it had. */
  keepType(name: string): void {
    const type = name === '' ? undefined : this.before.typeOf(name);
    if (type) this.graph.types.set(name, type);
  }

  /** Name of Transpose(source, perm); the source itself where that changes nothing. */
  transposed(source: string, perm: Permutation): string {
    if (isIdentity(perm)) return source;
    return this.#once(`${source} by ${perm}`, () => {
      const name = this.unique(`${source}/transposed`);
      this.#emitTranspose(source, perm, name);
      return name;
    });
  }

  /** The same under a name that is given. */
  transposedAs(name: string, source: string, perm: Permutation): void {
    if (isIdentity(perm)) this.emit('Identity', [source], {}, name, this.#typeOf(source));
    else this.#emitTranspose(source, perm, name);
    this.#made.set(`${source} by ${perm}`, name);
  }

  /** A Reshape, where the elements stay where they are. */
  #emitTranspose(source: string, perm: Permutation, name: string): void {
    const { dtype, shape } = this.#typeOf(source);
    const type = { dtype, shape: permuted(shape, perm) };
    const target = movesNothing(shape, perm) ? targetOf(type.shape) : undefined;
    if (target) this.emit('Reshape', [this.#beforeReshape(source), this.integers(target)], {}, name, type);
    else this.emit('Transpose', [source], { perm: ints(perm) }, name, type);
  }

  /** What the source was reshaped from, so that one Reshape does for both. */
  #beforeReshape(source: string): string {
    const maker = this.maker(source);
    return maker?.domain === '' && RESHAPING.has(maker.op) ? maker.inputs[0]! : source;
  }

  /** The value with axes of size 1 in front, so that it has the shape `wide`. */
  widened(x: string, wide: Shape): string {
    const { dtype, shape } = this.#typeOf(x);
    if (shape.length === wide.length) return x;
    return this.#once(`${x} with ${wide.length} axes`, () => {
      const axes = Array.from({ length: wide.length - shape.length }, (_, i) => i);
      const name = this.unique(`${x}/widened`);
      const type = { dtype, shape: wide };
      if (this.before.opset >= 13) this.emit('Unsqueeze', [x, this.integers(axes)], {}, name, type);
      else this.emit('Unsqueeze', [x], { axes: ints(axes) }, name, type);
      return name;
    });
  }

  /** A constant changed for one use (`how` says which); under its own name where that is its only one. */
  constant(name: string, how: string, change: (tensor: Tensor) => Tensor): string {
    return this.#once(`${name} ${how}`, () => {
      const alone = this.uses.consumers(name).length === 1 && !this.pinned.has(name);
      const changed = alone ? name : this.unique(`${name}/source`);
      this.graph.constants.set(changed, constantOf(change(this.before.constants.get(name)!.read())));
      return changed;
    });
  }

  /** Name of an int64 constant. */
  integers(values: readonly number[]): string {
    return this.#once(`integers ${values}`, () => {
      const name = this.unique('axes');
      this.graph.constants.set(name, constantOf(int64(values)));
      return name;
    });
  }

  unique(base: string): string {
    let name = base;
    for (let i = 1; this.#names.has(name); i++) name = `${base}_${i}`;
    this.#names.add(name);
    return name;
  }

  #once(key: string, make: () => string): string {
    const name = this.#made.get(key) ?? make();
    this.#made.set(key, name);
    return name;
  }

  #typeOf(name: string): { readonly dtype: DType; readonly shape: Shape } {
    const type = this.graph.typeOf(name) ?? this.before.typeOf(name);
    if (!type?.shape) throw new RangeError(`the shape of value "${name}" is not known`);
    return { dtype: type.dtype, shape: type.shape };
  }
}
