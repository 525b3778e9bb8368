/** Arithmetic on known arrays. What is computed from an open size is open too. */
import { broadcastShapes, sizeOf } from '../../../../core/graph/index.ts';
import { isClosed, type KnownArray, productOf, type Size } from '../sizes.ts';
import type { Fold } from './index.ts';

type Compute = (a: number, b: number) => number;

/** Elementwise with broadcasting; only where both are closed, but for factors of 1 and terms of 0. */
const binary =
  (compute: Compute, neutral?: number): Fold =>
  (_node, [a, b]) => {
    if (!a || !b) return undefined;
    const dims = broadcastShapes(a.dims, b.dims) as number[];
    const [as, bs] = [spread(a, dims), spread(b, dims)];
    const integer = a.dtype !== 'float32';
    const data: Size[] = [];
    for (let i = 0; i < as.length; i++) {
      const [x, y] = [as[i]!, bs[i]!];
      if (typeof x === 'number' && typeof y === 'number') {
        const result = compute(x, y);
        data.push(integer ? Math.trunc(result) : Math.fround(result));
      } else if (neutral !== undefined && y === neutral) data.push(x);
      else return undefined;
    }
    return [{ dtype: a.dtype, dims, data }];
  };

/** Of sizes too, one for one. */
const multiply: Fold = (node, inputs) => {
  const [a, b] = inputs;
  const result = binary((x, y) => x * y, 1)(node, inputs);
  if (result || a?.data.length !== b?.data.length || !a || !b) return result;
  const dims = a.dims.length >= b.dims.length ? a.dims : b.dims;
  return [{ dtype: a.dtype, dims, data: a.data.map((size, at) => productOf([size, b.data[at]!])) }];
};

function spread(x: KnownArray, dims: readonly number[]): readonly Size[] {
  const count = sizeOf(dims);
  if (x.data.length === count) return x.data;
  const strides = x.dims.map((d, i) => (d === 1 ? 0 : sizeOf(x.dims.slice(i + 1))));
  const lead = dims.length - x.dims.length;
  return Array.from({ length: count }, (_, flat) => {
    let position = 0;
    for (let axis = dims.length - 1, rest = flat; axis >= 0; axis--) {
      const at = rest % dims[axis]!;
      rest = Math.floor(rest / dims[axis]!);
      if (axis >= lead) position += at * strides[axis - lead]!;
    }
    return x.data[position]!;
  });
}

const unary =
  (compute: (x: number) => number): Fold =>
  (_node, [x]) =>
    x && isClosed(x.data) ? [{ ...x, data: x.data.map((each) => Math.fround(compute(each))) }] : undefined;

/** Over all axes of a vector, which is all that shapes need. */
const reduce =
  (compute: Compute, start: number): Fold =>
  (node, [x, axes]) => {
    if (x?.dims.length !== 1 || axes?.data.length !== 1 || !isClosed(x.data)) return undefined;
    const dims = node.attributes.bool('keep_dims') ? [1] : [];
    return [{ dtype: x.dtype, dims, data: [x.data.reduce(compute, start)] }];
  };

/** Of sizes that may be open. */
const prod: Fold = (node, [x, axes]) => {
  if (x?.dims.length !== 1 || axes?.data.length !== 1) return undefined;
  return [{ dtype: x.dtype, dims: node.attributes.bool('keep_dims') ? [1] : [], data: [productOf(x.data)] }];
};

const cast: Fold = (node, [x]) => {
  const dtype = node.attributes.dtype('DstT') ?? 'float32';
  if (!x || dtype === 'string') return undefined;
  if (!isClosed(x.data)) return dtype === 'int32' && x.dtype === 'int32' ? [x] : undefined;
  const convert = (n: number): number =>
    dtype === 'bool' ? Number(n !== 0) : dtype === 'int32' ? Math.trunc(n) : Math.fround(n);
  return [{ dtype, dims: x.dims, data: x.data.map(convert) }];
};

const range: Fold = (_node, inputs) => {
  const [start, limit, step] = inputs.map((each) => (isClosed(each.data) ? each.data[0] : undefined));
  if (start === undefined || limit === undefined || !step) return undefined;
  const length = Math.max(0, Math.ceil((limit - start) / step));
  const data = Array.from({ length }, (_, i) => start + i * step);
  return [{ dtype: inputs[0]!.dtype, dims: [length], data }];
};

export const ARITHMETIC: Readonly<Record<string, Fold>> = {
  Add: binary((a, b) => a + b, 0),
  AddV2: binary((a, b) => a + b, 0),
  Sub: binary((a, b) => a - b, 0),
  Mul: multiply,
  RealDiv: binary((a, b) => a / b, 1),
  Div: binary((a, b) => a / b, 1),
  FloorDiv: binary((a, b) => Math.floor(a / b), 1),
  Maximum: binary(Math.max),
  Minimum: binary(Math.min),
  Neg: unary((x) => -x),
  Sqrt: unary(Math.sqrt),
  Rsqrt: unary((x) => 1 / Math.fround(Math.sqrt(x))),
  Square: unary((x) => x * x),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Prod: prod,
  Sum: reduce((a, b) => a + b, 0),
  Max: reduce(Math.max, Number.NEGATIVE_INFINITY),
  Min: reduce(Math.min, Number.POSITIVE_INFINITY),
  Cast: cast,
  Range: range,
};
