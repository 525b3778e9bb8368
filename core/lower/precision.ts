/**
 * Mixed precision (Micikevicius et al. 2018): products of matrices and convolutions in float16, what is delicate in
 * float32, and parameters, inputs and outputs of the graph as they were. Which op goes where follows PyTorch's autocast
 * (https://pytorch.org/docs/stable/amp.html, "CUDA Ops that can autocast to float16" and "... to float32"), and is
 * decided on the lowered graph, so gradients follow the same rules as values:
 *
 *   half    products and convolutions, whatever comes in, but for sums too long for a device that adds in float16
 *   follow  elementwise ops, and those that move elements: float16 where what they read is, else float32; float32 wins
 *           where both meet
 *   full    everything else: sums, means, softmax, exponentials, quotients, normalisations, and any op not named here
 *
 * Autocast has batch and group normalisation follow; here sums are full, and so are their statistics. Inputs and
 * constants, and what only moves their elements, have no precision of their own: each is read in the one that a reader
 * has, and cast once.
 */
import {
  DTYPE_NUMBER,
  fromFloat32,
  type Graph,
  int,
  intAttribute,
  type Node,
  readsOf,
  removeDead,
  type Shape,
  sizeOf,
  toFloat32,
} from '../graph/index.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const HALF = words('Conv ConvTranspose MatMul Gemm');

const MOVING = words(
  'Concat DepthToSpace Expand Flatten Gather Identity Pad Reshape Slice SpaceToDepth Split Squeeze Tile Transpose Unsqueeze',
);

const ELEMENTWISE = words(
  [
    'Abs Add Ceil Clip Div Elu Equal Erf Floor Gelu Greater GreaterOrEqual HardSigmoid HardSwish LeakyRelu Less LessOrEqual',
    'Max MaxPool Min Mul Neg PRelu ReduceMax ReduceMin Relu Round Selu Sigmoid Sign Sub Tanh ThresholdedRelu Where',
  ].join(' '),
);

/** What a value is computed in; 'free' is what has none of its own. */
export type Precision = 'half' | 'full' | 'free';

/** The largest float16, and the smallest that keeps all of its digits. */
const LARGEST = 65504;
const SMALLEST = 2 ** -14;

/**
 * The graph with its products in float16. Names and types of inputs and outputs stay; the given graph is left as it is.
 * @param graph lowered, of the standard domain, with a known type for every value (one without stays as it is).
 * @param longest terms that a product's sums may have to be in float16; any number unless told.
 */
export function toHalf(graph: Graph, longest = Number.POSITIVE_INFINITY): Graph {
  return new Halving(graph, longest).run();
}

/** What each value of a graph would be computed in, by name; values that are not float32 are left out. */
export function precisionsOf(
  graph: Graph,
  longest = Number.POSITIVE_INFINITY,
): ReadonlyMap<string, Precision> {
  const precisions = new Map<string, Precision>();
  const isFloat = (name: string) => graph.typeOf(name)?.dtype === 'float32';
  const isKnownFloat = (name: string) => isFloat(name) && graph.typeOf(name)?.shape !== undefined;
  for (const { name } of graph.inputs) if (isKnownFloat(name)) precisions.set(name, 'free');
  for (const name of graph.constants.keys()) if (isFloat(name)) precisions.set(name, 'free');
  for (const node of graph.nodes) {
    const outputs = node.outputs.filter(isFloat);
    const known = outputs.every(isKnownFloat);
    const precision = known ? precisionOf(graph, node, precisions, longest) : 'full';
    for (const output of outputs) precisions.set(output, precision);
  }
  return precisions;
}

/** What a node computes in. */
function precisionOf(
  graph: Graph,
  node: Node,
  precisions: ReadonlyMap<string, Precision>,
  longest: number,
): Precision {
  if (node.domain !== '' || readsOf(node).length > node.inputs.filter((name) => name !== '').length)
    return 'full';
  if (HALF.has(node.op)) return termsOf(graph, node) <= longest ? 'half' : 'full';
  if (isFlag(graph, node)) return 'free';
  const read = node.inputs.flatMap((name) => precisions.get(name) ?? []);
  const moving = MOVING.has(node.op);
  if (read.length === 0 || read.includes('full') || !(moving || ELEMENTWISE.has(node.op))) return 'full';
  if (!read.includes('half')) return moving ? 'free' : 'full';
  if (moving) return 'half';
  // A square leaves float16 at 256; sums of squares are lengths and variances.
  if (node.op === 'Mul' && node.inputs[0] === node.inputs[1]) return 'full';
  const constants = node.inputs.filter((name) => graph.constants.get(name)?.dtype === 'float32');
  // A quotient by a constant is a product; any other may leave float16, and autocast keeps it out.
  if (node.op === 'Div' && !constants.includes(node.inputs[1]!)) return 'full';
  return constants.every((name) => isRepresentable(graph, name)) ? 'half' : 'full';
}

/** How many products each element of a product or convolution is the sum of, at most; 0 where that is open. */
function termsOf(graph: Graph, node: Node): number {
  const [left, right] = node.inputs.slice(0, 2).map((name) => graph.typeOf(name)?.shape ?? []) as [
    Shape,
    Shape,
  ];
  const sizes = (shape: Shape) => shape.reduce<number>((p, d) => p * (typeof d === 'number' ? d : 0), 1);
  switch (node.op) {
    case 'Conv':
      return sizes(right.slice(1));
    case 'ConvTranspose':
      return sizes(right) / Number(right[1] ?? 1) / intAttribute(node, 'group');
    case 'Gemm':
      return sizes([left[intAttribute(node, 'transA') === 1 ? 0 : 1] ?? 0]);
    default:
      return sizes(left.slice(-1));
  }
}

/** Zeros and ones that were a condition. */
function isFlag(graph: Graph, { op, inputs, outputs }: Node): boolean {
  return (
    op === 'Cast' &&
    graph.typeOf(inputs[0]!)?.dtype === 'bool' &&
    graph.typeOf(outputs[0]!)?.dtype === 'float32'
  );
}

/** Whether float16 holds a constant: a mask of -1e9 would be infinite, an epsilon of 1e-12 zero. */
function isRepresentable(graph: Graph, name: string): boolean {
  const constant = graph.constants.get(name)!;
  const data = toFloat32(constant.read());
  const single = sizeOf(constant.dims) === 1;
  return data.every((value) => {
    const size = Math.abs(value);
    return size === Number.POSITIVE_INFINITY || (size <= LARGEST && !(single && size > 0 && size < SMALLEST));
  });
}

type Form = 'float32' | 'float16';

class Halving {
  readonly #from: Graph;
  readonly #to: Graph;
  readonly #precisions: ReadonlyMap<string, Precision>;
  readonly #names: Set<string>;
  /** By name of a value: what it is called in float16. */
  readonly #halves = new Map<string, string>();
  /** Names that are there in float32. */
  readonly #fulls = new Set<string>();
  readonly #producers = new Map<string, Node>();

  readonly #longest: number;

  constructor(graph: Graph, longest: number) {
    this.#longest = longest;
    this.#from = graph;
    this.#to = graph.clone();
    this.#to.nodes = [];
    this.#precisions = precisionsOf(graph, longest);
    this.#names = new Set([...graph.types.keys(), ...graph.constants.keys()]);
    for (const { name } of graph.inputs) this.#names.add(name);
    for (const node of graph.nodes)
      for (const output of node.outputs) {
        this.#names.add(output);
        this.#producers.set(output, node);
      }
  }

  run(): Graph {
    for (const node of this.#from.nodes)
      if (!this.#waits(node)) this.#emit(node, this.#precisionOf(node) === 'half' ? 'float16' : 'float32');
    for (const { name } of this.#from.outputs) this.#read(name, 'float32');
    return removeDead(this.#to);
  }

  /** By what it makes; a node that makes no float32 goes by what it reads, as comparisons do. */
  #precisionOf(node: Node): Precision {
    const made = node.outputs.flatMap((name) => this.#precisions.get(name) ?? [])[0];
    return made ?? precisionOf(this.#from, node, this.#precisions, this.#longest);
  }

  /** Whether the node is emitted for its readers alone, in the form of each: elements are cast before they are moved. */
  #waits(node: Node): boolean {
    const precision = this.#precisionOf(node);
    const moving = node.domain === '' && MOVING.has(node.op) && this.#precisions.has(node.outputs[0]!);
    return precision === 'free' || (precision === 'full' && moving);
  }

  /** Puts the node into the new graph, reading and making `form`. */
  #emit(node: Node, form: Form): void {
    const inputs = node.inputs.map((name) => (name === '' ? '' : this.#read(name, form)));
    const captured = readsOf(node).filter((name) => !node.inputs.includes(name));
    for (const name of captured) this.#read(name, 'float32');
    const outputs = node.outputs.map((name) => {
      if (!this.#precisions.has(name)) return name;
      if (form === 'float32') this.#fulls.add(name);
      return form === 'float16' ? this.#nameHalf(name) : name;
    });
    const attributes =
      isFlag(this.#from, node) && form === 'float16'
        ? { ...node.attributes, to: int(DTYPE_NUMBER.float16) }
        : node.attributes;
    const name = form === 'float16' ? `${node.name}/float16` : node.name;
    this.#to.nodes.push({ ...node, name, inputs, outputs, attributes });
  }

  #nameHalf(name: string): string {
    let half = `${name}/float16`;
    for (let i = 2; this.#names.has(half); i++) half = `${name}/float16_${i}`;
    this.#names.add(half);
    this.#halves.set(name, half);
    this.#to.types.set(half, { dtype: 'float16', shape: this.#from.typeOf(name)!.shape });
    return half;
  }

  /** The name of a value in a form; what it takes to have it there is put into the new graph. */
  #read(name: string, form: Form): string {
    const precision = this.#precisions.get(name);
    if (precision === undefined) return name;
    const { constants } = this.#from;
    const isThere = form === 'float16' ? this.#halves.has(name) : this.#fulls.has(name);
    if (!isThere) {
      const producer = this.#producers.get(name);
      const constant = constants.get(name);
      if (producer && this.#waits(producer)) this.#emit(producer, form);
      else if (form === 'float16' && constant)
        this.#to.constants.set(this.#nameHalf(name), {
          dtype: 'float16',
          dims: constant.dims,
          read: () => fromFloat32(toFloat32(constant.read()), constant.dims, 'float16'),
        });
      else if (form === 'float16') this.#cast(name, this.#nameHalf(name), form);
      else if (producer) {
        this.#cast(this.#halves.get(name)!, name, form);
        this.#fulls.add(name);
      }
    }
    return form === 'float16' ? this.#halves.get(name)! : name;
  }

  #cast(from: string, to: string, form: Form): void {
    this.#to.nodes.push({
      op: 'Cast',
      domain: '',
      name: `${to}/cast`,
      inputs: [from],
      outputs: [to],
      attributes: { to: int(DTYPE_NUMBER[form]) },
    });
  }
}
