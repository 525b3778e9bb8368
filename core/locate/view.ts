import {
  descendantsOf,
  type Graph,
  inferKnownTypes,
  intsAttribute,
  knownTensor,
  type Node,
  type Shape,
  sizeOf,
  sourceOf,
  toNumbers,
  type Uses,
  usesOf,
  type ValueType,
} from '../graph/index.ts';

/** Ops whose result tells about the form of a value, not about what the image shows. */
const FORM_OPS = new Set(['Shape', 'Size', 'SequenceLength']);

/** Shape arithmetic on constants larger than this is no shape arithmetic. */
const SMALL = 1024;

/** A value through which everything flows that reaches some later value, and what lies between it and the cut after it. */
export interface Cut {
  readonly value: string;
  /** Nodes between this cut and the one nearer to the output, in graph order, without constants and shape arithmetic. */
  readonly segment: readonly Node[];
}

/** A constant as a classifier's weight or bias, known without reading its elements. */
export interface KnownConstant {
  readonly name: string;
  readonly type: ValueType & { readonly shape: readonly number[] };
}

/** What the finders ask about a graph. */
export class GraphView {
  readonly graph: Graph;
  readonly uses: Uses;
  readonly #inferred = new Map<string, ValueType>();
  readonly #dynamic: ReadonlySet<string>;
  readonly #position = new Map<Node, number>();

  constructor(graph: Graph) {
    this.graph = graph;
    this.uses = usesOf(graph);
    this.#dynamic = dynamicValues(graph);
    for (const [i, node] of graph.nodes.entries()) this.#position.set(node, i);
    this.#inferMissing();
  }

  /** What the graph says of a value's type, completed by inference where it says nothing. */
  typeOf(name: string): ValueType | undefined {
    const type = this.graph.typeOf(name);
    return type?.shape ? type : (this.#inferred.get(name) ?? type);
  }

  shapeOf(name: string): Shape | undefined {
    return this.typeOf(name)?.shape;
  }

  /** Whether a value depends on what the image shows. */
  isDynamic(name: string): boolean {
    return this.#dynamic.has(name);
  }

  dynamicInputs(node: Node): string[] {
    return node.inputs.filter((input) => this.isDynamic(input));
  }

  /** A constant, or a Constant node's output; not one that is computed from others. */
  constant(name: string): KnownConstant | undefined {
    const constant = this.graph.constants.get(name);
    if (constant) return { name, type: { dtype: constant.dtype, shape: constant.dims } };
    const node = this.uses.producer(name);
    const value = node?.domain === '' && node.op === 'Constant' ? node.attributes.value : undefined;
    if (value?.kind !== 'tensor') return undefined;
    return { name, type: { dtype: value.value.dtype, shape: value.value.dims } };
  }

  /** What a value is, as it is or cast: the constant, if it is one, and the nodes that hand it on, in graph order. */
  weight(name: string): ReturnType<typeof sourceOf> & { readonly constant: KnownConstant | undefined } {
    const handed = sourceOf(this.uses, name);
    return { ...handed, constant: this.constant(handed.source) };
  }

  /** The elements of a small tensor that is known before any run. */
  numbers(name: string | undefined): readonly number[] | undefined {
    if (!name) return undefined;
    const constant = this.graph.constants.get(name);
    if (constant && sizeOf(constant.dims) > SMALL) return undefined;
    const tensor = knownTensor(this.graph, this.uses, name);
    return tensor && sizeOf(tensor.dims) <= SMALL && tensor.dtype !== 'string'
      ? toNumbers(tensor)
      : undefined;
  }

  /** Axes of a Reduce, Squeeze or Slice: an attribute in old operator sets, input `index` in newer ones. */
  axes(node: Node, index: number): readonly number[] | undefined {
    return intsAttribute(node, 'axes', undefined) ?? this.numbers(node.inputs[index]);
  }

  inGraphOrder(nodes: Iterable<Node>): Node[] {
    return [...new Set(nodes)].sort((a, b) => this.#position.get(a)! - this.#position.get(b)!);
  }

  /**
   * The values that cut `value` off from the graph's inputs, from `value` itself back. Walking the nodes in reverse,
   * the values still needed are such a cut; where only one is needed, everything passes through it.
   */
  cutsBefore(value: string): Cut[] {
    const open = new Set([value]);
    const cuts: Cut[] = [{ value, segment: [] }];
    let segment: Node[] = [];
    for (let i = this.graph.nodes.length - 1; i >= 0; i--) {
      const node = this.graph.nodes[i]!;
      if (!node.outputs.some((output) => open.has(output))) continue;
      for (const output of node.outputs) open.delete(output);
      for (const read of this.#dynamicReads(node)) open.add(read);
      segment.push(node);
      if (open.size !== 1) continue;
      cuts.push({ value: [...open][0]!, segment: segment.reverse() });
      segment = [];
    }
    return cuts;
  }

  #dynamicReads(node: Node): string[] {
    const reads = this.dynamicInputs(node);
    for (const attribute of Object.values(node.attributes))
      if (attribute.kind === 'graph' || attribute.kind === 'opaque')
        reads.push(...attribute.captures.filter((name) => this.isDynamic(name)));
    return reads;
  }

  #inferMissing(): void {
    for (const node of this.graph.nodes) {
      if (node.domain !== '' || node.outputs.every((output) => this.graph.typeOf(output)?.shape)) continue;
      const inputs = node.inputs.map((name) => {
        const type = this.typeOf(name);
        return type?.shape ? { dtype: type.dtype, shape: type.shape } : undefined;
      });
      if (inputs.some((input, i) => !input && node.inputs[i] !== '')) continue;
      const known = (i: number) => this.numbers(node.inputs[i]);
      const { op, domain, attributes } = node;
      inferKnownTypes({ op, domain, attributes, inputs, known })?.forEach((type, i) => {
        const output = node.outputs[i];
        if (output) this.#inferred.set(output, type);
      });
    }
  }
}

function dynamicValues(graph: Graph): ReadonlySet<string> {
  const data = graph.clone();
  data.nodes = graph.nodes.filter((node) => !(node.domain === '' && FORM_OPS.has(node.op)));
  return descendantsOf(
    data,
    graph.inputs.map((input) => input.name),
  );
}

/** A shape as people read it: [N, 512, 7, 7]. */
export function shapeText(shape: Shape | undefined): string {
  return shape ? `[${shape.join(', ')}]` : 'of unknown shape';
}
