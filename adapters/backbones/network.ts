/**
 * What the families are told apart by: convolutions with their strides, residual additions, concatenations, attention,
 * normalizations and activations. All of it is read off the ops, as exporters name things differently.
 */
import {
  floatAttribute,
  type Graph,
  intAttribute,
  intsAttribute,
  type Node,
  stringAttribute,
} from '../../core/graph/index.ts';
import { GraphView } from '../../core/locate/index.ts';

export interface Convolution {
  readonly node: Node;
  /** Size of the kernel along the last axis. */
  readonly kernel: number;
  readonly stride: number;
  readonly group: number;
  readonly inputs: number;
  readonly outputs: number;
  /** One filter a channel. */
  readonly depthwise: boolean;
  /** Several groups of channels, but not one a channel. */
  readonly grouped: boolean;
  /** Whether anything is put around the map. */
  readonly padded: boolean;
}

export class Network {
  readonly view: GraphView;
  /** Nodes that depend on what the image shows, in graph order. */
  readonly nodes: readonly Node[];
  readonly convolutions: readonly Convolution[];

  constructor(graph: Graph) {
    this.view = new GraphView(graph);
    this.nodes = graph.nodes.filter(
      (node) => this.view.dynamicInputs(node).length > 0 && this.view.isDynamic(node.outputs[0] ?? ''),
    );
    this.convolutions = this.nodes.flatMap((node) => this.#convolution(node) ?? []);
  }

  count(...ops: readonly string[]): number {
    return this.nodes.filter((node) => ops.includes(node.op)).length;
  }

  get stem(): Convolution | undefined {
    return this.convolutions[0];
  }

  get depthwise(): readonly Convolution[] {
    return this.convolutions.filter((convolution) => convolution.depthwise);
  }

  get grouped(): readonly Convolution[] {
    return this.convolutions.filter((convolution) => convolution.grouped);
  }

  /** Convolutions of more than 1x1 over all channels, the stem among them. */
  get full(): readonly Convolution[] {
    return this.convolutions.filter(({ kernel, group }) => kernel > 1 && group === 1);
  }

  /** Additions of two values that both depend on the image and have its places: the residual connections. */
  get residuals(): readonly Node[] {
    return this.nodes.filter((node) => {
      if (node.op !== 'Add' && node.op !== 'Sum') return false;
      const read = this.view.dynamicInputs(node);
      return read.length === 2 && read[0] !== read[1] && !read.some((name) => this.#isSwish(name, read));
    });
  }

  /** Concatenations of values that depend on the image. */
  get concatenations(): readonly Node[] {
    return this.nodes.filter((node) => node.op === 'Concat' && this.view.dynamicInputs(node).length > 1);
  }

  /** Softmaxes whose result is multiplied with values, and ops that are attention as a whole. */
  get attention(): number {
    const softmaxes = this.nodes.filter(
      (node) => node.op === 'Softmax' && this.#leadsTo(node.outputs[0]!, 'MatMul', 4),
    );
    return softmaxes.length + this.count('Attention', 'MultiHeadAttention');
  }

  /** Normalizations of one token each: as one op, or as its mean, deviation and quotient. */
  get layerNorms(): number {
    const written = this.nodes.filter(({ op, inputs }) => {
      const root = this.view.uses.producer(inputs[1] ?? '');
      return op === 'Div' && root?.op === 'Sqrt' && this.view.isDynamic(root.outputs[0]!);
    });
    return this.count('LayerNormalization', 'SkipLayerNormalization') + written.length;
  }

  /** Products of a map with one number a channel that is made of the map: squeeze and excitation. */
  get gates(): number {
    return this.nodes.filter((node) => {
      if (node.op !== 'Mul') return false;
      const read = this.view.dynamicInputs(node);
      return read.length === 2 && read.some((name) => this.#comesFrom(name, isPooling, 8));
    }).length;
  }

  get hardSwishes(): number {
    const gates = this.nodes.filter(
      ({ op, inputs, outputs }) =>
        op === 'HardSigmoid' &&
        this.view.uses
          .consumers(outputs[0]!)
          .some((next) => next.op === 'Mul' && next.inputs.includes(inputs[0]!)),
    );
    return this.count('HardSwish') + gates.length + this.#clippedProducts();
  }

  /** x sigmoid(x), as two ops or as one. */
  get swishes(): number {
    const products = this.nodes.filter(
      (node) => node.op === 'Mul' && node.inputs.some((name) => this.#isSwish(name, node.inputs)),
    );
    return this.count('Swish', 'Silu') + products.length;
  }

  /** Activations that end at 6. */
  get clipped(): number {
    return this.nodes.filter((node) => {
      if (node.op === 'Clip')
        return (floatAttribute(node, 'max', undefined) ?? this.view.numbers(node.inputs[2])?.[0]) === 6;
      return node.op === 'Min' && node.inputs.some((name) => this.view.numbers(name)?.[0] === 6);
    }).length;
  }

  /** Channels moved between groups: a transposition of two axes of a map that was split up. */
  get shuffles(): number {
    return this.nodes.filter(
      (node) => node.op === 'Transpose' && intsAttribute(node, 'perm', []).join() === '0,2,1,3,4',
    ).length;
  }

  /** Whether an input of the concatenation is made of another of its inputs. */
  isDense(concatenation: Node): boolean {
    const read = new Set(this.view.dynamicInputs(concatenation));
    return [...read].some((name) =>
      this.#comesFrom(name, (node) => node.inputs.some((input) => input !== name && read.has(input)), 8),
    );
  }

  /** Whether some node within `steps` before the value passes the test. */
  #comesFrom(name: string, test: (node: Node) => boolean, steps: number): boolean {
    const node = this.view.uses.producer(name);
    if (!node || steps === 0 || !this.view.isDynamic(name)) return false;
    if (test(node)) return true;
    return this.view.dynamicInputs(node).some((input) => this.#comesFrom(input, test, steps - 1));
  }

  #leadsTo(name: string, op: string, steps: number): boolean {
    if (steps === 0) return false;
    return this.view.uses
      .consumers(name)
      .some((node) => node.op === op || this.#leadsTo(node.outputs[0]!, op, steps - 1));
  }

  /** Whether the value is a sigmoid of another of the values. */
  #isSwish(name: string, others: readonly string[]): boolean {
    const node = this.view.uses.producer(name);
    return node?.op === 'Sigmoid' && others.includes(node.inputs[0]!);
  }

  /** Hard swishes written as x clip(x + 3, 0, 6) / 6. */
  #clippedProducts(): number {
    return this.nodes.filter((node) => {
      if (node.op !== 'Mul' && node.op !== 'Div') return false;
      const read = this.view.dynamicInputs(node);
      return (
        read.length === 2 &&
        read.some((name, i) =>
          this.#comesFrom(
            name,
            (each) => (each.op === 'Clip' || each.op === 'Min') && this.#isShifted(each, read[1 - i]!),
            4,
          ),
        )
      );
    }).length;
  }

  /** Whether what the node clips is `of` and a constant; either may be scaled by a constant. */
  #isShifted(node: Node, of: string): boolean {
    const root = this.#unscaled(of);
    return this.#comesFrom(
      node.inputs[0]!,
      (each) => each.op === 'Add' && each.inputs.some((input) => this.#unscaled(input) === root),
      3,
    );
  }

  /** What the value is made of by products with constants. */
  #unscaled(name: string): string {
    const node = this.view.uses.producer(name);
    if (node?.op !== 'Mul' && node?.op !== 'Div') return name;
    const read = this.view.dynamicInputs(node);
    return read.length === 1 ? this.#unscaled(read[0]!) : name;
  }

  #convolution(node: Node): Convolution | undefined {
    if (node.op !== 'Conv' || node.domain !== '') return undefined;
    const shape = this.view.shapeOf(node.inputs[1]!)?.map(Number);
    if (!shape || shape.length < 3) return undefined;
    const group = intAttribute(node, 'group');
    const inputs = shape[1]! * group;
    return {
      node,
      kernel: shape.at(-1)!,
      stride: intsAttribute(node, 'strides', [1]).at(-1)!,
      group,
      inputs,
      outputs: shape[0]!,
      depthwise: group > 1 && group === inputs,
      grouped: group > 1 && group < inputs,
      padded:
        intsAttribute(node, 'pads', undefined)?.some((pad) => pad > 0) ||
        stringAttribute(node, 'auto_pad').startsWith('SAME'),
    };
  }
}

/** Ops that make one number a channel of a map. */
export function isPooling(node: Node): boolean {
  return ['GlobalAveragePool', 'ReduceMean', 'GlobalMaxPool'].includes(node.op);
}

const networks = new WeakMap<Graph, Network>();

/** Read once a graph, however many adapters ask. */
export function networkOf(graph: Graph): Network {
  let network = networks.get(graph);
  if (!network) {
    network = new Network(graph);
    networks.set(graph, network);
  }
  return network;
}
