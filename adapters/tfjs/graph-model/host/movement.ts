/** Ops that pick and arrange elements of known arrays. */
import { sizeOf } from '../../../../core/graph/index.ts';
import { isClosed, type KnownArray, type Size } from '../sizes.ts';
import { sliceRanges } from '../strided-slice.ts';
import type { Fold } from './index.ts';

const wrap = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Elements of `x` at the positions that `at` gives for each index of the result, the last axis fastest. */
function pick(
  x: KnownArray,
  dims: readonly number[],
  at: (index: readonly number[]) => number[],
): KnownArray {
  const index = dims.map(() => 0);
  const data: Size[] = [];
  const strides = x.dims.map((_, i) => sizeOf(x.dims.slice(i + 1)));
  for (let n = sizeOf(dims); n > 0; n--) {
    data.push(x.data[at(index).reduce((sum, position, i) => sum + position * strides[i]!, 0)]!);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < dims[axis]!) break;
      index[axis] = 0;
    }
  }
  return { dtype: x.dtype, dims, data };
}

const integers = (array: KnownArray | undefined): readonly number[] | undefined =>
  array && isClosed(array.data) ? array.data : undefined;

const reshape: Fold = (_node, [x, target]) => {
  const dims = integers(target);
  if (!x || !dims) return undefined;
  const rest = dims.filter((d) => d >= 0).reduce((a, b) => a * b, 1);
  return [{ ...x, dims: dims.map((d) => (d < 0 ? x.data.length / rest : d)) }];
};

const squeeze: Fold = (node, [x]) => {
  if (!x) return undefined;
  const given = [...node.attributes.ints('squeeze_dims'), ...node.attributes.ints('axis')];
  const axes = given.map((a) => wrap(a, x.dims.length));
  return [{ ...x, dims: x.dims.filter((d, i) => (axes.length > 0 ? !axes.includes(i) : d !== 1)) }];
};

const expandDims: Fold = (_node, [x, axis]) => {
  const at = integers(axis)?.[0];
  if (!x || at === undefined) return undefined;
  const dims = [...x.dims];
  dims.splice(wrap(at, dims.length + 1), 0, 1);
  return [{ ...x, dims }];
};

const stridedSlice: Fold = (node, [x, ...bounds]) => {
  const [begin, end, strides] = bounds.map(integers);
  if (!x || !begin || !end) return undefined;
  const { ranges, dims } = sliceRanges(node.attributes, x.dims, begin, end, strides ?? begin.map(() => 1));
  const full = ranges.map(({ length }) => length!);
  const picked = pick(x, full, (index) =>
    index.map((i, axis) => ranges[axis]!.start + i * ranges[axis]!.step),
  );
  return [{ ...picked, dims: dims as number[] }];
};

const slice: Fold = (_node, [x, begin, size]) => {
  const [from, lengths] = [integers(begin), integers(size)];
  if (!x || !from || !lengths) return undefined;
  const dims = lengths.map((length, i) => (length < 0 ? x.dims[i]! - from[i]! : length));
  return [pick(x, dims, (index) => index.map((i, axis) => i + from[axis]!))];
};

const gather: Fold = (node, [x, indices, axisArray]) => {
  const [at, axisInput] = [integers(indices), integers(axisArray)];
  if (!x || !indices || !at || node.attributes.int('batch_dims', 0) !== 0) return undefined;
  const axis = wrap(axisInput?.[0] ?? node.attributes.int('axis', 0), x.dims.length);
  const dims = [...x.dims.slice(0, axis), at.length, ...x.dims.slice(axis + 1)];
  const picked = pick(x, dims, (index) =>
    index.map((i, a) => (a === axis ? wrap(at[i]!, x.dims[axis]!) : i)),
  );
  return [{ ...picked, dims: [...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)] }];
};

function concat(arrays: readonly KnownArray[], axis: number): KnownArray | undefined {
  const [first] = arrays;
  if (!first) return undefined;
  const at = wrap(axis, first.dims.length);
  const dims = first.dims.map((d, i) =>
    i === at ? arrays.reduce((sum, each) => sum + each.dims[i]!, 0) : d,
  );
  const outer = sizeOf(dims.slice(0, at));
  const data: Size[] = [];
  for (let o = 0; o < outer; o++)
    for (const each of arrays) {
      const run = each.data.length / outer;
      data.push(...each.data.slice(o * run, (o + 1) * run));
    }
  return { dtype: first.dtype, dims, data };
}

const listed = (array: KnownArray | undefined): KnownArray[] => (array ? [array] : []);

const concatV2: Fold = (_node, inputs) => {
  const axis = integers(inputs.at(-1))?.[0];
  return axis === undefined ? undefined : listed(concat(inputs.slice(0, -1), axis));
};

const pack: Fold = (node, inputs) => {
  const rank = (inputs[0]?.dims.length ?? 0) + 1;
  const axis = wrap(node.attributes.int('axis', 0), rank);
  const unsqueezed = inputs.map((x) => ({
    ...x,
    dims: [...x.dims.slice(0, axis), 1, ...x.dims.slice(axis)],
  }));
  return listed(concat(unsqueezed, axis));
};

const unpack: Fold = (node, [x]) => {
  if (!x) return undefined;
  const axis = wrap(node.attributes.int('axis', 0), x.dims.length);
  const dims = x.dims.filter((_, i) => i !== axis);
  return Array.from({ length: x.dims[axis]! }, (_, at) =>
    pick(x, dims, (index) => [...index.slice(0, axis), at, ...index.slice(axis)]),
  );
};

const fill: Fold = (_node, [dims, value]) => {
  const shape = integers(dims);
  if (!shape || !value) return undefined;
  return [{ dtype: value.dtype, dims: shape, data: new Array<Size>(sizeOf(shape)).fill(value.data[0]!) }];
};

export const MOVEMENT: Readonly<Record<string, Fold>> = {
  Reshape: reshape,
  Squeeze: squeeze,
  ExpandDims: expandDims,
  StridedSlice: stridedSlice,
  Slice: slice,
  Gather: gather,
  GatherV2: gather,
  ConcatV2: concatV2,
  Pack: pack,
  Unpack: unpack,
  Fill: fill,
};
