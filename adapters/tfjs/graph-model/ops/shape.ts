import { type Dim, int, type Shape, sizeOf } from '../../../../core/graph/index.ts';
import { transposeTensor } from '../../ops/index.ts';
import { arrayOperand, type Operand, tensorOperand } from '../operand.ts';
import { normalAxes, type Operation, type Translation, type Translations } from '../operation.ts';
import { emitSizes, type Size, shapeArray } from '../sizes.ts';

const shape: Translation = (operation) =>
  arrayOperand(operation.builder, shapeArray(operation.builder, operation.operand(0)));

const dimOf = (size: Size): Dim => (typeof size === 'number' ? size : size.dim);

/** A constant in another shape stays a constant of the same name. */
function reshaped(operation: Operation, operand: Operand, dims: readonly number[]): Operand | undefined {
  const { tensor, name } = operand;
  if (!tensor || dims.some((d) => d < 0)) return undefined;
  return tensorOperand(operation.builder, { ...tensor, dims }, name ?? operation.node.name);
}

/**
 * Target sizes may be open: one that is x's own size along the same axis becomes ONNX's 0, another one -1. What both do not
 * serve is computed as the model runs.
 */
const reshape: Translation = (operation) => {
  const { builder: b } = operation;
  const x = operation.operand(0);
  const sizes = operation.sizes(1);
  const target: (number | undefined)[] = sizes.map((size, i) => {
    if (typeof size === 'number') return size;
    return size.dim !== '?' && size.dim === x.shape[i] ? 0 : undefined;
  });
  const open = target.flatMap((size, i) => (size === undefined ? [i] : []));
  if (open.length === 1 && !target.includes(-1)) target[open[0]!] = -1;
  const closed = target.filter((size) => size !== undefined);
  const shape = (inferred: Shape): Dim[] =>
    sizes.map((size, axis) => (typeof size === 'number' ? (inferred[axis] ?? '?') : size.dim));
  if (closed.length < target.length) {
    const types = [{ dtype: x.dtype, shape: shape(sizes.map((size) => (size === -1 ? '?' : dimOf(size)))) }];
    return b.op('Reshape', [x.value(), emitSizes(b, sizes)], {}, { types });
  }
  const constant = reshaped(operation, x, resolved(x, closed));
  if (constant) return constant;
  const y = b.reshape(x.value(), closed);
  // What an open size is called, the target says and -1 does not.
  if (y.name === x.name || open.length === 0) return y;
  const named = { ...y, shape: shape(y.shape) };
  b.graph.types.set(y.name, named);
  return named;
};

/** -1 as a number, where all of x's sizes are. */
function resolved(x: Operand, target: readonly number[]): number[] {
  const known = x.shape.filter((d) => typeof d === 'number');
  if (known.length < x.shape.length) return [...target];
  const rest = target.filter((d) => d > 0).reduce((a, c) => a * c, 1);
  return target.map((d) => (d < 0 ? sizeOf(known) / rest : d));
}

const squeeze: Translation = (operation) => {
  const x = operation.operand(0);
  const a = operation.attributes;
  const given = normalAxes([...a.ints('squeeze_dims'), ...a.ints('axis')], x.shape.length);
  const axes = given.length > 0 ? given : x.shape.flatMap((d, i) => (d === 1 ? [i] : []));
  const dims = x.shape.filter((_, i) => !axes.includes(i)) as number[];
  if (axes.length === 0) return x;
  return reshaped(operation, x, dims) ?? operation.builder.squeeze(x.value(), axes);
};

const expandDims: Translation = (operation) => {
  const x = operation.operand(0);
  const at = operation.inputs.length > 1 ? operation.number(1) : operation.attributes.int('dim', 0);
  const axes = normalAxes([at], x.shape.length + 1);
  const dims = [...x.shape] as number[];
  dims.splice(axes[0]!, 0, 1);
  return reshaped(operation, x, dims) ?? operation.builder.unsqueeze(x.value(), axes);
};

const transpose: Translation = (operation) => {
  const { builder: b } = operation;
  const x = operation.operand(0);
  const perm = normalAxes(operation.ints(1), x.shape.length);
  if (!x.tensor) return b.transpose(x.value(), perm);
  return tensorOperand(b, transposeTensor(x.tensor, perm), x.name ?? operation.node.name);
};

/** Inputs: the shape, the value of all elements. */
const fill: Translation = (operation) => {
  const { builder: b } = operation;
  const sizes = operation.sizes(0);
  const value = operation.x(1);
  return b.op(
    'Expand',
    [value, emitSizes(b, sizes)],
    {},
    { types: [{ dtype: value.dtype, shape: sizes.map(dimOf) }] },
  );
};

const broadcastTo: Translation = (operation) => {
  const { builder: b } = operation;
  const x = operation.x(0);
  const sizes = operation.sizes(1);
  return b.op(
    'Expand',
    [x, emitSizes(b, sizes)],
    {},
    { types: [{ dtype: x.dtype, shape: sizes.map(dimOf) }] },
  );
};

const filledLike =
  (value: 0 | 1): Translation =>
  (operation) => {
    const { builder: b } = operation;
    const x = operation.x();
    const scalar = b.constant(
      x.dtype === 'int32'
        ? { dtype: 'int32', dims: [], data: Int32Array.of(value) }
        : { dtype: 'float32', dims: [], data: Float32Array.of(value) },
    );
    const types = [{ dtype: x.dtype, shape: x.shape }];
    return b.op('Expand', [scalar, emitSizes(b, shapeArray(b, operation.operand(0)).data)], {}, { types });
  };

/** Repeats may be open, as for a token that is repeated for each image of the batch. */
const tile: Translation = (operation) => {
  const { builder: b } = operation;
  const repeats = operation.sizes(1);
  if (repeats.every((repeat) => repeat === 1)) return operation.operand(0);
  const x = operation.x(0);
  const shape = x.shape.map((dim, axis): Dim => {
    const repeat = repeats[axis]!;
    if (repeat === 1) return dim;
    if (dim === 1) return dimOf(repeat);
    return typeof dim === 'number' && typeof repeat === 'number' ? dim * repeat : '?';
  });
  return b.op('Tile', [x, emitSizes(b, repeats)], {}, { types: [{ dtype: x.dtype, shape }] });
};

const rank: Translation = (operation) =>
  arrayOperand(operation.builder, { dtype: 'int32', dims: [], data: [operation.operand(0).shape.length] });

/** What passes its input on: inference changes nothing, and the value keeps its first name. */
const same: Translation = (operation) => operation.operand(0);

const cumsum: Translation = (operation) => {
  const a = operation.attributes;
  const axis = normalAxes(operation.ints(1), operation.operand(0).shape.length)[0]!;
  return operation.builder.op(
    'CumSum',
    [
      operation.x(0),
      operation.builder.constant({ dtype: 'int64', dims: [], data: BigInt64Array.of(BigInt(axis)) }),
    ],
    {
      exclusive: int(Number(a.bool('exclusive'))),
      reverse: int(Number(a.bool('reverse'))),
    },
  );
};

export const SHAPES: Translations = {
  Shape: shape,
  Rank: rank,
  Reshape: reshape,
  Squeeze: squeeze,
  ExpandDims: expandDims,
  Transpose: transpose,
  Fill: fill,
  BroadcastTo: broadcastTo,
  ZerosLike: filledLike(0),
  OnesLike: filledLike(1),
  Tile: tile,
  Cumsum: cumsum,
  Identity: same,
  StopGradient: same,
  PreventGradient: same,
  Snapshot: same,
  CheckNumerics: same,
  PlaceholderWithDefault: same,
};
