/** Arrays of the reference interpreter: row-major doubles, whatever the graph's dtype is. Slow and plain on purpose. */
export interface Array64 {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

export const sizeOf = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

export function array(dims: readonly number[], data: ArrayLike<number>): Array64 {
  if (data.length !== sizeOf(dims)) throw new RangeError(`${data.length} elements for [${dims}]`);
  return { dims, data: Float64Array.from(data) };
}

/** Calls `visit` with every index of a shape, in row-major order. The index is reused between calls. */
export function forEachIndex(
  dims: readonly number[],
  visit: (index: readonly number[], flat: number) => void,
) {
  const index = new Array<number>(dims.length).fill(0);
  const total = sizeOf(dims);
  for (let flat = 0; flat < total; flat++) {
    visit(index, flat);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < dims[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** The array whose element at each index is `element(index)`. */
export function build(dims: readonly number[], element: (index: readonly number[]) => number): Array64 {
  const data = new Float64Array(sizeOf(dims));
  forEachIndex(dims, (index, flat) => {
    data[flat] = element(index);
  });
  return { dims, data };
}

export function offsetOf(dims: readonly number[], index: readonly number[]): number {
  let offset = 0;
  for (let axis = 0; axis < dims.length; axis++) offset = offset * dims[axis]! + index[axis]!;
  return offset;
}

export const at = (a: Array64, index: readonly number[]): number => a.data[offsetOf(a.dims, index)]!;

/** The element under broadcasting: trailing axes aligned, axes of size 1 repeated. */
export function atBroadcast(a: Array64, index: readonly number[]): number {
  const skip = index.length - a.dims.length;
  let offset = 0;
  for (let axis = 0; axis < a.dims.length; axis++)
    offset = offset * a.dims[axis]! + (a.dims[axis] === 1 ? 0 : index[axis + skip]!);
  return a.data[offset]!;
}

export function broadcastDims(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, i) => {
    const sizes = shapes.map((s) => s[i - rank + s.length] ?? 1);
    return sizes.includes(0) ? 0 : Math.max(...sizes);
  });
}

export function mapBroadcast(f: (...values: number[]) => number, ...arrays: readonly Array64[]): Array64 {
  const dims = broadcastDims(...arrays.map((a) => a.dims));
  return build(dims, (index) => f(...arrays.map((a) => atBroadcast(a, index))));
}

export const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
