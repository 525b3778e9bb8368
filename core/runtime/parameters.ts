import {
  type Constant,
  type Graph,
  isFloating,
  type Node,
  readersOf,
  sizeOf,
  sourceOf,
  toFloat32,
  type Uses,
  usesOf,
} from '../graph/index.ts';
import { hidesNothing, imageValues, isFilled, isFrequency, isStandardising } from './formula-constants.ts';
import { constantNodeTensor } from './skeleton.ts';

/** Inputs by op; ops outside the standard domain as `domain:op`. */
type Slots = Readonly<Record<string, readonly number[]>>;

/** Inputs of ops that hold a learned parameter even when it has a single element. */
const PARAMETER_SLOTS: Slots = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [1, 2],
  MatMul: [0, 1],
  PRelu: [1],
  BatchNormalization: [1, 2],
  LayerNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  GroupNormalization: [1, 2],
  RMSNormalization: [1],
  SimplifiedLayerNormalization: [1],
  'com.microsoft:FusedConv': [1, 2],
  'com.microsoft:NhwcConv': [1, 2],
  'com.microsoft:FusedGemm': [1, 2],
  'com.microsoft:FusedMatMul': [0, 1],
  'com.microsoft:TransposeMatMul': [0, 1],
  'com.microsoft:Attention': [1, 2],
  'com.microsoft:MultiHeadAttention': [3],
  'com.microsoft:SkipLayerNormalization': [2, 3, 4],
  'com.microsoft:SkipSimplifiedLayerNormalization': [2, 3],
  'com.microsoft:GroupNorm': [1, 2],
  'com.microsoft:SkipGroupNorm': [1, 2, 4],
  'com.microsoft:BiasGelu': [1],
  'com.microsoft:FastGelu': [1],
  'com.microsoft:BiasAdd': [1],
  'com.microsoft:BiasSplitGelu': [1],
};

/** Inputs of ops that are settings or statistics, never trained. */
const SETTING_SLOTS: Slots = {
  BatchNormalization: [3, 4],
  QuantizeLinear: [1, 2],
  DequantizeLinear: [0, 1, 2],
  Resize: [1, 2, 3],
  Upsample: [1],
  Clip: [1, 2],
  Pad: [2],
  Pow: [1],
  Dropout: [1, 2],
  Where: [0],
  'com.microsoft:Pad': [2],
};

const ELEMENTWISE = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Cast',
  'Identity',
  'Transpose',
  'Concat',
  'Gather',
  'Slice',
]);

/** Ops that move pixels about, or mix and limit them by what is no weight; sizes beside them may be computed. */
const MOVING = new Set([
  'Resize',
  'Upsample',
  'Pad',
  'Clip',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Split',
  'Slice',
  'Flatten',
]);

/**
 * Names of the constants that a full fine-tuning trains: floating tensors that are weights. Left out are statistics of
 * BatchNormalization, quantization scales, limits and sizes, lone scalars of formulas, additive masks, frequencies of
 * positions, and the mean and deviation of preprocessing that is part of the graph. What a Cast or an Identity makes of a constant counts as the
 * constant.
 */
export function trainableConstants(graph: Graph): Set<string> {
  const uses = usesOf(graph);
  const preprocessing = preprocessingValues(graph, uses);
  const ofImage = imageValues(graph);
  const trainable = new Set<string>();
  for (const [name, constant] of readConstants(graph, uses)) {
    const readers = readersOf(uses, name);
    if (readers.some(({ node, value }) => inSlot(SETTING_SLOTS, node, value))) continue;
    if (readers.every(({ node }) => isStandardising(node, ofImage)) && isFilled(constant)) continue;
    const parametric = readers.some(({ node, value }) => inSlot(PARAMETER_SLOTS, node, value));
    if (!parametric) {
      if (sizeOf(constant.dims) === 1) continue;
      if (readers.every(({ node }) => ELEMENTWISE.has(node.op) && preprocessing.has(node.outputs[0]!)))
        continue;
      if (looksLikeMask(constant) || hidesNothing(constant, readers, uses)) continue;
      if (readers.every(({ node }) => isFrequency(node, uses, ofImage))) continue;
    }
    trainable.add(name);
  }
  return trainable;
}

/**
 * Names of all constants that can be differentiated by: floating ones that nodes compute with, settings and statistics
 * among them, but for those that a body (of an If, say) reads.
 */
export function floatingConstants(graph: Graph): Set<string> {
  return new Set(readConstants(graph, usesOf(graph)).keys());
}

function readConstants(graph: Graph, uses: Uses): Map<string, Constant> {
  const found = new Map<string, Constant>();
  const consider = (name: string, constant: Constant): void => {
    if (!isFloating(constant.dtype)) return;
    const readers = readersOf(uses, name);
    if (readers.length > 0 && readers.every(({ node, value }) => node.inputs.includes(value)))
      found.set(name, constant);
  };
  for (const [name, constant] of graph.constants) consider(name, constant);
  for (const node of graph.nodes) {
    const tensor = constantNodeTensor(node);
    if (tensor) consider(node.outputs[0]!, { dtype: tensor.dtype, dims: tensor.dims, read: () => tensor });
  }
  return found;
}

function inSlot(slots: Slots, node: Node, name: string): boolean {
  return slotsOf(slots, node).some((i) => node.inputs[i] === name);
}

function slotsOf(slots: Slots, { op, domain }: Node): readonly number[] {
  return slots[domain === '' ? op : `${domain}:${op}`] ?? [];
}

/** Whether what a node reads as input i is a setting or a statistic, never trained; or is a weight, whatever its size. */
export function roleOf(node: Node, i: number): 'setting' | 'weight' | undefined {
  if (slotsOf(SETTING_SLOTS, node).includes(i)) return 'setting';
  return slotsOf(PARAMETER_SLOTS, node).includes(i) ? 'weight' : undefined;
}

/** Values that are made of the image by arithmetic with constants alone. */
function preprocessingValues(graph: Graph, uses: Uses): Set<string> {
  const computed = new Set(
    graph.nodes.filter((node) => node.op !== 'Constant').flatMap((node) => node.outputs),
  );
  for (const name of computed) {
    const { source } = sourceOf(uses, name);
    if (graph.constants.has(source) || uses.producer(source)?.op === 'Constant') computed.delete(name);
  }
  const reached = new Set(graph.inputs.map((input) => input.name));
  for (const node of graph.nodes) {
    if (!ELEMENTWISE.has(node.op) && !MOVING.has(node.op)) continue;
    const given = MOVING.has(node.op) ? node.inputs.slice(0, 1) : node.inputs;
    if (!given.some((input) => reached.has(input))) continue;
    if (given.every((input) => reached.has(input) || !computed.has(input)))
      for (const output of node.outputs) reached.add(output);
  }
  return reached;
}

/** An additive attention mask: zeros, and numbers so negative that a softmax leaves nothing. */
function looksLikeMask(constant: Constant): boolean {
  const values = toFloat32(constant.read());
  return values.every((v) => v === 0 || v <= -50) && values.some((v) => v !== 0);
}
