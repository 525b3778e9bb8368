/** Taking values apart and joining them. */
import { int, sizeOf, type Tensor, type TensorData, type Value } from '../../../../core/graph/index.ts';
import { type Operand, tensorOperand } from '../operand.ts';
import { normalAxes, type Operation, type Translation, type Translations } from '../operation.ts';
import { type Slicing, sliceRanges } from '../strided-slice.ts';

const valuesOf = (operation: Operation, from: number, to: number): Value[] =>
  operation.inputs.slice(from, to).map((input) => input.value());

/** The axis is the last input in ConcatV2, the first one in Concat. */
const concat =
  (axisFirst: boolean): Translation =>
  (operation) => {
    const count = operation.inputs.length;
    const axis = operation.number(axisFirst ? 0 : count - 1);
    const values = axisFirst ? valuesOf(operation, 1, count) : valuesOf(operation, 0, count - 1);
    return operation.builder.concat(values, normalAxes([axis], values[0]!.shape.length)[0]!);
  };

const pack: Translation = (operation) => {
  const { builder: b } = operation;
  const values = valuesOf(operation, 0, operation.inputs.length);
  const [axis] = normalAxes([operation.attributes.int('axis', 0)], values[0]!.shape.length + 1);
  return b.concat(
    values.map((value) => b.unsqueeze(value, [axis!])),
    axis!,
  );
};

const unpack: Translation = (operation) => {
  const { builder: b } = operation;
  const x = operation.x();
  const [axis] = normalAxes([operation.attributes.int('axis', 0)], x.shape.length);
  const count = x.shape[axis!];
  if (typeof count !== 'number') return operation.fail('takes an axis apart whose size is not known');
  return b.split(x, new Array<number>(count).fill(1), axis!).map((part) => b.squeeze(part, [axis!]));
};

/** Split's axis is its first input. */
const split: Translation = (operation) => {
  const x = operation.operand(1);
  const [axis] = normalAxes([operation.number(0)], x.shape.length);
  const count = operation.attributes.int('num_split', 1);
  const size = x.shape[axis!];
  if (typeof size !== 'number') return operation.fail('splits an axis whose size is not known');
  return parts(operation, x, new Array<number>(count).fill(size / count), axis!);
};

/** Inputs: x, sizes (one may be -1), axis. */
const splitV: Translation = (operation) => {
  const x = operation.operand(0);
  const [axis] = normalAxes([operation.number(2)], x.shape.length);
  const sizes = operation.ints(1);
  const rest = (x.shape[axis!] as number) - sizes.filter((s) => s >= 0).reduce((a, c) => a + c, 0);
  return parts(
    operation,
    x,
    sizes.map((s) => (s < 0 ? rest : s)),
    axis!,
  );
};

/** Parts of a constant are constants, as the kernels of a convolution in groups must be. */
function parts(
  { builder, node }: Operation,
  x: Operand,
  sizes: readonly number[],
  axis: number,
): (Value | Operand)[] {
  if (sizes.length === 1) return [x];
  if (!x.tensor) return builder.split(x.value(), sizes, axis);
  let start = 0;
  return sizes.map((size, i) => {
    const part = partOf(x.tensor!, axis, start, size);
    start += size;
    return tensorOperand(builder, part, `${x.name ?? node.name}/part${i}`);
  });
}

/** `size` places of an axis, from `start` on. */
function partOf({ dtype, dims, data }: Tensor, axis: number, start: number, size: number): Tensor {
  const inner = sizeOf(dims.slice(axis + 1));
  const [whole, length] = [dims[axis]! * inner, size * inner];
  const source = data as Float32Array;
  const made = new (source.constructor as Float32ArrayConstructor)(sizeOf(dims.slice(0, axis)) * length);
  for (let row = 0; row * length < made.length; row++) {
    const from = row * whole + start * inner;
    made.set(source.subarray(from, from + length), row * length);
  }
  return { dtype, dims: dims.with(axis, size), data: made as TensorData };
}

const stridedSlice: Translation = (operation) => {
  const x = operation.x(0);
  const strides = operation.inputs.length > 3 ? operation.ints(3) : operation.ints(1).map(() => 1);
  const slicing = sliceRanges(operation.attributes, x.shape, operation.ints(1), operation.ints(2), strides);
  return sliced(operation, x, slicing);
};

function sliced(operation: Operation, x: Value, { ranges, removed, added }: Slicing): Value {
  const { builder: b } = operation;
  const cut = ranges.flatMap((range, axis) =>
    range.length === x.shape[axis] && range.step === 1 ? [] : [axis],
  );
  const moved = cut.filter(
    (axis) => !(ranges[axis]!.start === 0 && ranges[axis]!.end === 2 ** 31 - 1 && ranges[axis]!.step === 1),
  );
  let y = x;
  if (moved.length > 0)
    y = b.slice(
      y,
      moved.map((axis) => ranges[axis]!.start),
      moved.map((axis) => ranges[axis]!.end),
      moved,
      moved.map((axis) => ranges[axis]!.step),
    );
  if (removed.length > 0) y = b.squeeze(y, removed);
  return added.length > 0 ? b.unsqueeze(y, added) : y;
}

/** Inputs: x, begin, size (-1: to the end). */
const slice: Translation = (operation) => {
  const x = operation.operand(0);
  const [begin, size] = [operation.ints(1), operation.sizes(2)];
  const axes = begin.flatMap((start, axis) =>
    start === 0 && isWhole(size[axis]!, x.shape[axis]!) ? [] : [axis],
  );
  if (axes.length === 0) return x;
  const ends = axes.map((axis) => {
    const length = size[axis]!;
    if (typeof length !== 'number') return operation.fail(`cuts axis ${axis} to a size that is not known`);
    return length < 0 ? 2 ** 31 - 1 : begin[axis]! + length;
  });
  return operation.builder.slice(
    x.value(),
    axes.map((axis) => begin[axis]!),
    ends,
    axes,
  );
};

const isWhole = (length: number | { readonly dim: string }, dim: number | string): boolean =>
  length === -1 || length === dim || (typeof length === 'object' && length.dim !== '?' && length.dim === dim);

const gather: Translation = (operation) => {
  const { builder: b, attributes: a } = operation;
  const x = operation.x(0);
  if (a.int('batch_dims', 0) !== 0) return operation.fail('has batch_dims');
  const axis = operation.inputs.length > 2 ? operation.number(2) : a.int('axis', 0);
  return b.op('Gather', [x, operation.x(1)], { axis: int(normalAxes([axis], x.shape.length)[0]!) });
};

const reverse: Translation = (operation) => {
  const x = operation.x(0);
  const axes = normalAxes(operation.ints(1), x.shape.length);
  if (axes.length === 0) return x;
  return operation.builder.slice(
    x,
    axes.map(() => -1),
    axes.map(() => -(2 ** 31 - 1)),
    axes,
    axes.map(() => -1),
  );
};

export const PIECES: Translations = {
  ConcatV2: concat(false),
  Concat: concat(true),
  Pack: pack,
  Unpack: unpack,
  Split: split,
  SplitV: splitV,
  StridedSlice: stridedSlice,
  Slice: slice,
  Gather: gather,
  GatherV2: gather,
  ReverseV2: reverse,
};
