/** Arrays that are told from weights by what is done with them. */
import {
  type Constant,
  descendantsOf,
  type Graph,
  type Node,
  type readersOf,
  toFloat32,
  type Uses,
} from '../graph/index.ts';

/** Zeros [1, 1, n, n] added right before a Softmax: a mask of which no place is hidden. */
export function hidesNothing(constant: Constant, readers: ReturnType<typeof readersOf>, uses: Uses): boolean {
  const { dims } = constant;
  const isShared = dims.length > 2 && dims.slice(0, -2).every((size) => size === 1);
  if (!isShared || dims.at(-1) !== dims.at(-2)) return false;
  const isAdded = readers.every(
    ({ node }) =>
      node.op === 'Add' && uses.consumers(node.outputs[0]!).every((next) => next.op === 'Softmax'),
  );
  return isAdded && toFloat32(constant.read()).every((v) => v === 0);
}

/** Values that depend on what is in the image, not on its size alone. */
export function imageValues(graph: Graph): Set<string> {
  const data = graph.clone();
  data.nodes = graph.nodes.filter((node) => node.op !== 'Shape' && node.op !== 'Size');
  return descendantsOf(
    data,
    graph.inputs.map((input) => input.name),
  );
}

/** Ops between the frequencies of a positional code and its waves. */
const PHASES = new Set(['Mul', 'Reshape', 'Transpose', 'Unsqueeze', 'Squeeze', 'Expand']);

/** Whether a node makes phases of positions, which depend on no image, and nothing but sines and cosines reads those. */
export function isFrequency(node: Node, uses: Uses, ofImage: ReadonlySet<string>): boolean {
  if (node.op === 'Sin' || node.op === 'Cos') return !ofImage.has(node.outputs[0]!);
  const next = PHASES.has(node.op) ? uses.consumers(node.outputs[0]!) : [];
  return next.length > 0 && next.every((reader) => isFrequency(reader, uses, ofImage));
}

/** Whether a node normalizes weights; ones and zeros then stand for a scale and a bias that it has not. */
export const isStandardising = (node: Node, ofImage: ReadonlySet<string>): boolean =>
  node.op === 'BatchNormalization' && node.domain === '' && !ofImage.has(node.outputs[0]!);

/** Whether all numbers are 0, or all 1. */
export function isFilled(constant: Constant): boolean {
  const values = toFloat32(constant.read());
  return (values[0] === 0 || values[0] === 1) && values.every((v) => v === values[0]);
}
