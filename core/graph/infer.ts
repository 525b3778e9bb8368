/**
 * Types of the outputs of the ops that this project itself emits. Imported models do not need it: their types come
 * from onnxruntime. Shapes follow the ONNX operator specifications; a symbolic dimension stays symbolic where an op
 * leaves it alone.
 */
import type { Attributes } from './attribute.ts';
import { type DType, dtypeFromNumber } from './dtype.ts';
import type { Dim, Shape, ValueType } from './graph.ts';
import { intAttribute, intsAttribute, stringAttribute } from './operators/read.ts';

export interface TypedValue {
  readonly dtype: DType;
  readonly shape: Shape;
}

export interface InferenceInput {
  readonly op: string;
  readonly domain: string;
  readonly attributes: Attributes;
  readonly inputs: readonly (TypedValue | undefined)[];
  /** The elements of input i when it is a constant. */
  known(i: number): readonly number[] | undefined;
}

type Typed = ValueType & TypedValue;
type Inference = (node: InferenceInput) => Typed[];

/** The types of the node's outputs, or undefined when the op is not one that the project emits. */
export function inferTypes(node: InferenceInput): TypedValue[] | undefined {
  return INFERENCES.get(node.op)?.(node);
}

/** The same for a graph as it was read; undefined too where the types hang on values that are known only in the run. */
export function inferKnownTypes(node: InferenceInput): TypedValue[] | undefined {
  try {
    return inferTypes(node);
  } catch (error) {
    // Anything else is a fault of ours.
    if (error instanceof RangeError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** NumPy's broadcasting rule. @throws RangeError when two fixed sizes differ and neither is 1. */
export function broadcastShapes(...shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, axis) => {
    let result: Dim = 1;
    for (const shape of shapes) {
      const dim = shape[axis - rank + shape.length];
      if (dim === undefined || dim === 1 || dim === result) continue;
      if (result === 1) result = dim;
      else if (typeof dim === 'number' && typeof result === 'number')
        throw new RangeError(`shapes ${shapes.map((s) => `[${s}]`).join(' and ')} do not broadcast`);
      else if (typeof dim === 'number') result = dim;
    }
    return result;
  });
}

const first = (node: InferenceInput): TypedValue => node.inputs[0]!;
const normalize = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

const same: Inference = (node) => [{ dtype: first(node).dtype, shape: first(node).shape }];

const broadcast: Inference = (node) => {
  const inputs = node.inputs.filter((v) => v !== undefined);
  return [{ dtype: first(node).dtype, shape: broadcastShapes(...inputs.map((v) => v.shape)) }];
};

const compare: Inference = (node) => [{ dtype: 'bool', shape: broadcast(node)[0]!.shape }];

const where: Inference = (node) => [
  { dtype: node.inputs[1]!.dtype, shape: broadcastShapes(...node.inputs.map((v) => v!.shape)) },
];

const matMul: Inference = (node) => {
  const [a, b] = [node.inputs[0]!, node.inputs[1]!];
  const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape;
  const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape;
  const shape: Dim[] = [...broadcastShapes(left.slice(0, -2), right.slice(0, -2))];
  if (a.shape.length > 1) shape.push(left.at(-2)!);
  if (b.shape.length > 1) shape.push(right.at(-1)!);
  return [{ dtype: a.dtype, shape }];
};

const gemm: Inference = (node) => {
  const [a, b] = [node.inputs[0]!, node.inputs[1]!];
  const rows = a.shape[intAttribute(node, 'transA') ? 1 : 0]!;
  const columns = b.shape[intAttribute(node, 'transB') ? 0 : 1]!;
  return [{ dtype: a.dtype, shape: [rows, columns] }];
};

/** Output size of a sliding window: floor((size + pads - dilation*(kernel-1) - 1) / stride) + 1. */
function windowed(node: InferenceInput, spatial: Shape, kernel: readonly number[], ceil: boolean): Dim[] {
  const n = spatial.length;
  const strides = intsAttribute(node, 'strides', new Array<number>(n).fill(1));
  const dilations = intsAttribute(node, 'dilations', new Array<number>(n).fill(1));
  const pads = intsAttribute(node, 'pads', undefined) ?? new Array<number>(2 * n).fill(0);
  const auto = stringAttribute(node, 'auto_pad');
  return spatial.map((size, i) => {
    if (typeof size !== 'number') return '?';
    const stride = strides[i]!;
    const extent = dilations[i]! * (kernel[i]! - 1) + 1;
    if (auto.startsWith('SAME')) return Math.ceil(size / stride);
    const padding = auto === 'VALID' ? 0 : pads[i]! + pads[i + n]!;
    const steps = (size + padding - extent) / stride;
    if (!ceil) return Math.floor(steps) + 1;
    const out = Math.ceil(steps) + 1;
    // A last window that would begin in the end padding is left out.
    return (out - 1) * stride >= size + pads[i]! ? out - 1 : out;
  });
}

const conv: Inference = (node) => {
  const [x, w] = [node.inputs[0]!, node.inputs[1]!];
  const kernel = w.shape.slice(2) as number[];
  return [
    { dtype: x.dtype, shape: [x.shape[0]!, w.shape[0]!, ...windowed(node, x.shape.slice(2), kernel, false)] },
  ];
};

const convTranspose: Inference = (node) => {
  const [x, w] = [node.inputs[0]!, node.inputs[1]!];
  const n = x.shape.length - 2;
  const kernel = w.shape.slice(2) as number[];
  const strides = intsAttribute(node, 'strides', new Array<number>(n).fill(1));
  const dilations = intsAttribute(node, 'dilations', new Array<number>(n).fill(1));
  const pads = intsAttribute(node, 'pads', undefined) ?? new Array<number>(2 * n).fill(0);
  const extra = intsAttribute(node, 'output_padding', new Array<number>(n).fill(0));
  const given = intsAttribute(node, 'output_shape', undefined);
  const channels = (w.shape[1] as number) * intAttribute(node, 'group');
  const spatial = x.shape.slice(2).map((size, i) => {
    if (given) return given[i]!;
    if (typeof size !== 'number') return '?';
    const extent = dilations[i]! * (kernel[i]! - 1) + 1;
    return strides[i]! * (size - 1) + extra[i]! + extent - pads[i]! - pads[i + n]!;
  });
  return [{ dtype: x.dtype, shape: [x.shape[0]!, channels, ...spatial] }];
};

const pool: Inference = (node) => {
  const x = first(node);
  const kernel = intsAttribute(node, 'kernel_shape');
  const ceil = intAttribute(node, 'ceil_mode') === 1;
  const shape = [x.shape[0]!, x.shape[1]!, ...windowed(node, x.shape.slice(2), kernel, ceil)];
  const values: Typed = { dtype: x.dtype, shape };
  return node.op === 'MaxPool' ? [values, { dtype: 'int64', shape }] : [values];
};

const globalPool: Inference = (node) => [
  { dtype: first(node).dtype, shape: first(node).shape.map((d, i) => (i < 2 ? d : 1)) },
];

const reduce: Inference = (node) => {
  const x = first(node);
  const rank = x.shape.length;
  const given = intsAttribute(node, 'axes', undefined) ?? node.known(1) ?? [];
  const axes = new Set((given.length ? given : x.shape.map((_, i) => i)).map((a) => normalize(a, rank)));
  const keep = intAttribute(node, 'keepdims') === 1;
  const shape = x.shape.flatMap((d, i) => (axes.has(i) ? (keep ? [1] : []) : [d]));
  return [{ dtype: x.dtype, shape }];
};

const argReduce: Inference = (node) => {
  const x = first(node);
  const axis = normalize(intAttribute(node, 'axis'), x.shape.length);
  const keep = intAttribute(node, 'keepdims') === 1;
  return [{ dtype: 'int64', shape: x.shape.flatMap((d, i) => (i === axis ? (keep ? [1] : []) : [d])) }];
};

const transpose: Inference = (node) => {
  const x = first(node);
  const perm = intsAttribute(node, 'perm', undefined) ?? x.shape.map((_, i) => x.shape.length - 1 - i);
  return [{ dtype: x.dtype, shape: perm.map((i) => x.shape[i]!) }];
};

const reshape: Inference = (node) => {
  const x = first(node);
  const target = [...(node.known(1) ?? intsAttribute(node, 'shape', undefined) ?? [])] as Dim[];
  for (let i = 0; i < target.length; i++) if (target[i] === 0) target[i] = x.shape[i]!;
  const open = target.indexOf(-1);
  if (open >= 0) {
    // A symbolic size that stands on both sides cancels out.
    const left = [...x.shape];
    const right = target.filter((_, i) => i !== open);
    for (const dim of right)
      if (typeof dim === 'string' && left.includes(dim)) left.splice(left.indexOf(dim), 1);
    const rest = right.filter((d): d is number => typeof d === 'number').reduce((a, b) => a * b, 1);
    const symbols = left.filter((d): d is string => typeof d === 'string');
    const fixed = left.filter((d): d is number => typeof d === 'number').reduce((a, b) => a * b, 1);
    if (symbols.length === 0) target[open] = fixed / rest;
    else target[open] = symbols.length === 1 && fixed === rest ? symbols[0]! : '?';
  }
  return [{ dtype: x.dtype, shape: target }];
};

const flatten: Inference = (node) => {
  const x = first(node);
  const axis = normalize(intAttribute(node, 'axis'), x.shape.length);
  const product = (dims: Shape): Dim => {
    const open = dims.filter((d) => typeof d === 'string');
    const fixed = dims.filter((d): d is number => typeof d === 'number').reduce((a, b) => a * b, 1);
    return open.length === 0 ? fixed : open.length === 1 && fixed === 1 ? open[0]! : '?';
  };
  return [{ dtype: x.dtype, shape: [product(x.shape.slice(0, axis)), product(x.shape.slice(axis))] }];
};

const squeeze: Inference = (node) => {
  const x = first(node);
  const given = intsAttribute(node, 'axes', undefined) ?? node.known(1);
  const axes = new Set(
    given?.map((a) => normalize(a, x.shape.length)) ?? x.shape.flatMap((d, i) => (d === 1 ? [i] : [])),
  );
  return [{ dtype: x.dtype, shape: x.shape.filter((_, i) => !axes.has(i)) }];
};

const unsqueeze: Inference = (node) => {
  const x = first(node);
  const given = intsAttribute(node, 'axes', undefined) ?? node.known(1) ?? [];
  const rank = x.shape.length + given.length;
  const axes = new Set(given.map((a) => normalize(a, rank)));
  const rest = [...x.shape];
  return [
    { dtype: x.dtype, shape: Array.from({ length: rank }, (_, i) => (axes.has(i) ? 1 : rest.shift()!)) },
  ];
};

const sumDims = (dims: readonly Dim[]): Dim =>
  dims.every((d) => typeof d === 'number') ? (dims as number[]).reduce((a, b) => a + b, 0) : '?';

const concat: Inference = (node) => {
  const x = first(node);
  const axis = normalize(intAttribute(node, 'axis'), x.shape.length);
  const total = sumDims(node.inputs.map((v) => v!.shape[axis]!));
  return [{ dtype: x.dtype, shape: x.shape.map((d, i) => (i === axis ? total : d)) }];
};

const split: Inference = (node) => {
  const x = first(node);
  const axis = normalize(intAttribute(node, 'axis'), x.shape.length);
  const sizes = intsAttribute(node, 'split', undefined) ?? node.known(1);
  if (!sizes) throw new RangeError('Split needs its sizes here');
  return sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.map((d, i) => (i === axis ? size : d)) }));
};

const slice: Inference = (node) => {
  const x = first(node);
  const starts = node.known(1) ?? intsAttribute(node, 'starts', undefined) ?? [];
  const ends = node.known(2) ?? intsAttribute(node, 'ends', undefined) ?? [];
  const axes = node.known(3) ?? intsAttribute(node, 'axes', undefined) ?? starts.map((_, i) => i);
  const steps = node.known(4) ?? starts.map(() => 1);
  const shape = [...x.shape];
  axes.forEach((a, i) => {
    const axis = normalize(a, shape.length);
    const size = shape[axis]!;
    if (typeof size !== 'number') {
      shape[axis] = '?';
      return;
    }
    const step = steps[i]!;
    const clamp = (n: number, low: number, high: number) =>
      Math.min(Math.max(n < 0 ? n + size : n, low), high);
    const from = step > 0 ? clamp(starts[i]!, 0, size) : clamp(starts[i]!, 0, size - 1);
    const to = step > 0 ? clamp(ends[i]!, 0, size) : clamp(ends[i]!, -1, size - 1);
    shape[axis] = Math.max(0, Math.ceil((to - from) / step));
  });
  return [{ dtype: x.dtype, shape }];
};

const gather: Inference = (node) => {
  const [x, indices] = [node.inputs[0]!, node.inputs[1]!];
  const axis = normalize(intAttribute(node, 'axis'), x.shape.length);
  return [
    { dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)] },
  ];
};

const gatherElements: Inference = (node) => [{ dtype: first(node).dtype, shape: node.inputs[1]!.shape }];

const gatherND: Inference = (node) => {
  const [x, indices] = [node.inputs[0]!, node.inputs[1]!];
  const batch = intAttribute(node, 'batch_dims');
  const tuple = indices.shape.at(-1) as number;
  return [{ dtype: x.dtype, shape: [...indices.shape.slice(0, -1), ...x.shape.slice(batch + tuple)] }];
};

const pad: Inference = (node) => {
  const x = first(node);
  const rank = x.shape.length;
  const pads = node.known(1) ?? intsAttribute(node, 'pads', undefined) ?? [];
  const axes = node.known(3)?.map((a) => normalize(a, rank)) ?? x.shape.map((_, i) => i);
  const shape = [...x.shape];
  axes.forEach((axis, i) => {
    const size = shape[axis]!;
    const [before, after] = [pads[i]!, pads[i + axes.length]!];
    if (typeof size === 'number') shape[axis] = size + before + after;
    else if (before + after !== 0) shape[axis] = '?';
  });
  return [{ dtype: x.dtype, shape }];
};

const expand: Inference = (node) => {
  const target = node.known(1);
  if (!target) throw new RangeError('Expand needs its target shape here');
  return [{ dtype: first(node).dtype, shape: broadcastShapes(first(node).shape, target) }];
};

const tile: Inference = (node) => {
  const repeats = node.known(1);
  if (!repeats) throw new RangeError('Tile needs its repeats here');
  const shape = first(node).shape.map((d, i) =>
    typeof d === 'number' ? d * repeats[i]! : repeats[i] === 1 ? d : '?',
  );
  return [{ dtype: first(node).dtype, shape }];
};

const cast: Inference = (node) => {
  const dtype = dtypeFromNumber(intAttribute(node, 'to', undefined) ?? 0);
  if (!dtype) throw new RangeError('Cast to an unknown type');
  return [{ dtype, shape: first(node).shape }];
};

const constantOfShape: Inference = (node) => {
  const value = node.attributes.value;
  return [{ dtype: value?.kind === 'tensor' ? value.value.dtype : 'float32', shape: node.known(0) ?? [] }];
};

const UNARY =
  'Identity Neg Abs Exp Log Sqrt Reciprocal Relu LeakyRelu Elu Selu Celu Clip Sigmoid HardSigmoid HardSwish Tanh Erf ' +
  'Gelu Softmax LogSoftmax Softplus Softsign Sign Floor Ceil Round Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh ' +
  'Shrink Dropout BatchNormalization LayerNormalization InstanceNormalization GroupNormalization LpNormalization LRN CumSum ' +
  'ScatterElements ScatterND Trilu Not Mish ThresholdedRelu';

const INFERENCES = new Map<string, Inference>([
  ...UNARY.split(' ').map((op): [string, Inference] => [op, same]),
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min', 'Sum', 'Mean', 'PRelu', 'Mod', 'And', 'Or', 'Xor'].map(
    (op): [string, Inference] => [op, broadcast],
  ),
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'].map((op): [string, Inference] => [
    op,
    compare,
  ]),
  ...[
    'ReduceSum',
    'ReduceMean',
    'ReduceMax',
    'ReduceMin',
    'ReduceProd',
    'ReduceL1',
    'ReduceL2',
    'ReduceSumSquare',
    'ReduceLogSumExp',
  ].map((op): [string, Inference] => [op, reduce]),
  ['IsNaN', (node) => [{ dtype: 'bool', shape: first(node).shape }]],
  ['Where', where],
  ['MatMul', matMul],
  ['Gemm', gemm],
  ['Conv', conv],
  ['ConvTranspose', convTranspose],
  ['MaxPool', pool],
  ['AveragePool', pool],
  ['LpPool', pool],
  ['GlobalAveragePool', globalPool],
  ['GlobalMaxPool', globalPool],
  ['ArgMax', argReduce],
  ['ArgMin', argReduce],
  ['Transpose', transpose],
  ['Reshape', reshape],
  ['Flatten', flatten],
  ['Squeeze', squeeze],
  ['Unsqueeze', unsqueeze],
  ['Concat', concat],
  ['Split', split],
  ['Slice', slice],
  ['Gather', gather],
  ['GatherElements', gatherElements],
  ['GatherND', gatherND],
  ['Pad', pad],
  ['Expand', expand],
  ['Tile', tile],
  ['Cast', cast],
  ['ConstantOfShape', constantOfShape],
]);
