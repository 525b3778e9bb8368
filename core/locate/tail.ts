/**
 * The tail of a classifier: what stands between its last dense layer and an output. It is walked from the output back,
 * cut by cut: rearrangements are passed over, activations noted, and where a map or tokens are reduced to one row an
 * image, or scores are scaled or shifted by constants, the result of that is the logits.
 */
import type { Node, Shape } from '../graph/index.ts';
import { type DenseLayer, describe, matchDense } from './dense.ts';
import { matchReduction, type Reduction } from './reduction.ts';
import { type Cut, type GraphView, shapeText } from './view.ts';

/** Ops that move elements and change none. */
const REARRANGING = new Set('Identity Cast Squeeze Unsqueeze Reshape Flatten Transpose Dropout'.split(' '));
/** Ops with constants of their own that belong to the classifier: the logits are what they make. */
const FINISHING = new Set(['DequantizeLinear', 'BatchNormalization', 'LayerNormalization']);
/** Ops that change values class by class, or across the classes of one row. */
const POINTWISE = new Set(
  (
    'Softmax LogSoftmax Sigmoid HardSigmoid HardSwish Tanh Relu LeakyRelu Elu Clip Softplus Exp Log Sqrt Neg Add Sub Mul Div ' +
    'Pow Max Min ReduceMax ReduceSum QuantizeLinear DequantizeLinear'
  ).split(' '),
);
/** Ops that scale or shift scores where all but one of their operands are constants. */
const ARITHMETIC = new Set(['Add', 'Sub', 'Mul', 'Div', 'Neg']);
/** Ops that make probabilities of logits, for all classes or each, or are the step of that which does where it is written out. */
const SQUASHING = new Set(
  'Softmax LogSoftmax Sigmoid HardSigmoid Tanh Softplus Exp QLinearSoftmax QLinearSigmoid'.split(' '),
);

export interface Tail {
  readonly output: string;
  readonly logits: string;
  readonly layer: DenseLayer;
  readonly reduction: Reduction | undefined;
  /** Ops between the logits and the output. */
  readonly activation: readonly string[];
  /** Nodes between the layer and the logits that change values, in graph order. */
  readonly between: readonly Node[];
  /** All nodes from the layer's input to the logits. */
  readonly nodes: readonly Node[];
}

/** A tail without a dense layer that is understood: the logits are where the activations begin. */
export interface UnknownTail {
  readonly why: string;
  readonly logits: string;
  readonly activation: readonly string[];
  /** The reduction that was met on the way, if one was. */
  readonly reduction: Reduction | undefined;
  /** Cuts before the logits. */
  readonly rest: readonly Cut[];
}

export function walkTail(view: GraphView, output: string): Tail | UnknownTail {
  const cuts = view.cutsBefore(output);
  const activation: string[] = [];
  const between: Node[] = [];
  const passed: Node[] = [];
  let reduction: Reduction | undefined;
  let logits: string | undefined;
  let start = 0; // the cut nearest to the inputs that only activations separate from the output

  const unknown = (why: string): UnknownTail => ({
    why,
    logits: logits ?? cuts[start]!.value,
    activation,
    reduction,
    rest: cuts.slice(start + 1),
  });

  for (let i = 0; i < cuts.length; i++) {
    const { value } = cuts[i]!;
    const layer = matchDense(view, value);
    if (!('why' in layer)) {
      const nodes = view.inGraphOrder([...layer.nodes, ...(logits ? passed : [])]);
      return {
        output,
        logits: logits ?? value,
        layer,
        reduction,
        activation,
        between: between.reverse(),
        nodes,
      };
    }
    const before = cuts[i + 1];
    if (!before) return unknown(`${layer.why}, and nothing comes before`);
    const node = before.segment.length === 1 ? before.segment[0]! : undefined;
    const reduces = node && rankOf(view, before.value) !== 2 ? matchReduction(view, node) : undefined;
    if (reduces) {
      if (reduction && reduction.pooling !== reduces.pooling)
        return unknown(
          `${describe(node!)} is the second reduction on the way, after ${describe(reduction.node)}`,
        );
      reduction = reduces;
      logits ??= value;
    } else if (node && (finishes(view, node) || rescales(view, cuts, i, activation))) {
      logits ??= value;
      between.push(...before.segment);
    } else if (!before.segment.every(keepsRows)) {
      return unknown(layer.why);
    } else {
      const changing = before.segment.filter((n) => !REARRANGING.has(n.op));
      if (logits) between.push(...changing.reverse());
      else {
        if (changing.length > 0 && !keepsScores(view, before.value, value, changing))
          return unknown(
            `${describe(changing[0]!)} makes ${shapeText(view.shapeOf(value))} of ${shapeText(view.shapeOf(before.value))}`,
          );
        activation.unshift(...changing.map((n) => n.op));
        start = i + 1;
      }
    }
    if (logits) passed.push(...before.segment);
  }
  return unknown('the graph ends before any layer');
}

/** Whether an op leaves it at one row of scores an image. */
export function keepsRows(node: Node): boolean {
  if (node.domain !== '') return SQUASHING.has(node.op);
  return REARRANGING.has(node.op) || POINTWISE.has(node.op) || isArgMax(node);
}

/** ArgMax and TopK pick classes by their scores. */
function isArgMax(node: Node): boolean {
  return node.op === 'ArgMax' || node.op === 'TopK';
}

/** Whether the logits are what a node makes, and not what it takes. */
function finishes(view: GraphView, node: Node): boolean {
  if (node.op === 'QLinearAdd') return view.dynamicInputs(node).length === 1;
  return FINISHING.has(node.op) && !(isRounding(node) && roundsProbabilities(view, node));
}

/**
 * Whether what comes before a cut scales or shifts scores by constants. It does not where the scores are probabilities by
 * then, nor where it is the sign in a sigmoid that is written out, 1 / (1 + exp(-x)).
 */
function rescales(view: GraphView, cuts: readonly Cut[], at: number, after: readonly string[]): boolean {
  const [node] = cuts[at + 1]!.segment;
  if (node?.domain !== '' || !ARITHMETIC.has(node.op) || view.dynamicInputs(node).length !== 1) return false;
  if (after[0] === 'Exp' && after[1] === 'Add') return false;
  if (!keepsScores(view, cuts[at + 1]!.value, cuts[at]!.value, [node])) return false;
  for (const { value, segment } of cuts.slice(at + 1)) {
    if (segment.some((each) => SQUASHING.has(each.op))) return false;
    if (!segment.every(keepsRows) || !('why' in matchDense(view, value))) return true;
  }
  return true;
}

function isRounding(node: Node): boolean {
  return node.domain === '' && (node.op === 'QuantizeLinear' || node.op === 'DequantizeLinear');
}

/** Whether what is dequantized are probabilities, rounded as every value of a QDQ model is. */
function roundsProbabilities(view: GraphView, node: Node): boolean {
  const before = view.uses.producer(node.inputs[0]!);
  if (!before || !keepsRows(before)) return false;
  if (SQUASHING.has(before.op)) return true;
  return (isRounding(before) || REARRANGING.has(before.op)) && roundsProbabilities(view, before);
}

/** Whether activations map scores to as many scores. */
function keepsScores(view: GraphView, from: string, to: string, nodes: readonly Node[]): boolean {
  if (nodes.some(isArgMax)) return true;
  const [a, b] = [view.shapeOf(from), view.shapeOf(to)];
  return !a || !b || withoutOnes(a).length === withoutOnes(b).length;
}

function rankOf(view: GraphView, name: string): number | undefined {
  return view.shapeOf(name)?.length;
}

export function withoutOnes(shape: Shape): Shape {
  return shape.filter((dim) => dim !== 1);
}
