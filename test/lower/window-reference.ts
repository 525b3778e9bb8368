/** Convolution and pooling gradients as plain loops over every element of every window, in double precision. */
import { type Array64, zeros } from './gradient-op.ts';

export interface Geometry {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Begins, then ends. */
  readonly pads: readonly number[];
}

/** All index vectors below `dims`, row-major. */
export function* indices(dims: readonly number[]): Generator<number[]> {
  const index = dims.map(() => 0);
  if (dims.some((d) => d === 0)) return;
  for (;;) {
    yield [...index];
    let axis = dims.length - 1;
    while (axis >= 0 && ++index[axis]! === dims[axis]) index[axis--] = 0;
    if (axis < 0) return;
  }
}

export function offset(dims: readonly number[], index: readonly number[]): number {
  return index.reduce((at, i, axis) => at * dims[axis]! + i, 0);
}

/** Output sizes of the sliding window; the last window of ceil_mode must begin within the input or its begin padding. */
export function outputSizes(spatial: readonly number[], g: Geometry, ceil = false): number[] {
  return spatial.map((size, i) => {
    const n = spatial.length;
    const extent = g.dilations[i]! * (g.kernel[i]! - 1) + 1;
    const steps = (size + g.pads[i]! + g.pads[i + n]! - extent) / g.strides[i]!;
    if (!ceil) return Math.floor(steps) + 1;
    const out = Math.ceil(steps) + 1;
    return (out - 1) * g.strides[i]! >= size + g.pads[i]! ? out - 1 : out;
  });
}

/** Where kernel position k of window o lies in the input, by axis. */
const position = (g: Geometry, o: readonly number[], k: readonly number[]): number[] =>
  o.map((at, i) => at * g.strides[i]! + k[i]! * g.dilations[i]! - g.pads[i]!);

const inside = (at: readonly number[], spatial: readonly number[]): boolean =>
  at.every((p, i) => p >= 0 && p < spatial[i]!);

/** Calls back for every product that a convolution adds up, with the offsets of its factors and of its sum. */
function eachProduct(
  x: readonly number[],
  w: readonly number[],
  y: readonly number[],
  g: Geometry,
  group: number,
  visit: (x: number, w: number, y: number) => void,
): void {
  const perGroup = w[0]! / group;
  for (const [n, m, ...o] of indices(y) as Generator<[number, number, ...number[]]>)
    for (const [c, ...k] of indices(w.slice(1)) as Generator<[number, ...number[]]>) {
      const at = position(g, o, k);
      if (!inside(at, x.slice(2))) continue;
      const channel = Math.floor(m / perGroup) * w[1]! + c;
      visit(offset(x, [n, channel, ...at]), offset(w, [m, c, ...k]), offset(y, [n, m, ...o]));
    }
}

export function convInputGradient(
  dy: Array64,
  w: Array64,
  inputShape: readonly number[],
  g: Geometry,
  group: number,
): Array64 {
  const dx = zeros(inputShape);
  eachProduct(inputShape, w.dims, dy.dims, g, group, (i, j, k) => {
    dx.data[i]! += dy.data[k]! * w.data[j]!;
  });
  return dx;
}

export function convWeightGradient(
  x: Array64,
  dy: Array64,
  weightShape: readonly number[],
  g: Geometry,
  group: number,
): Array64 {
  const dw = zeros(weightShape);
  eachProduct(x.dims, weightShape, dy.dims, g, group, (i, j, k) => {
    dw.data[j]! += dy.data[k]! * x.data[i]!;
  });
  return dw;
}

/** Maximum of each window, and the gradient, which goes to the first maximum of the window. */
export function maxPool(x: Array64, dy: Array64, g: Geometry): { y: Array64; dx: Array64 } {
  const [y, dx] = [zeros(dy.dims), zeros(x.dims)];
  for (const [n, c, ...o] of indices(dy.dims) as Generator<[number, number, ...number[]]>) {
    let best = Number.NEGATIVE_INFINITY;
    let where = -1;
    for (const k of indices(g.kernel)) {
      const at = position(g, o, k);
      if (!inside(at, x.dims.slice(2))) continue;
      const i = offset(x.dims, [n, c, ...at]);
      if (x.data[i]! > best) [best, where] = [x.data[i]!, i];
    }
    const out = offset(dy.dims, [n, c, ...o]);
    y.data[out] = best;
    dx.data[where]! += dy.data[out]!;
  }
  return { y, dx };
}

export function averagePoolGradient(
  dy: Array64,
  inputShape: readonly number[],
  g: Geometry,
  countIncludePad: boolean,
): Array64 {
  const dx = zeros(inputShape);
  const spatial = inputShape.slice(2);
  const n = spatial.length;
  const counts = (at: readonly number[]): boolean =>
    countIncludePad
      ? at.every((p, i) => p >= -g.pads[i]! && p < spatial[i]! + g.pads[i + n]!)
      : inside(at, spatial);
  for (const [b, c, ...o] of indices(dy.dims) as Generator<[number, number, ...number[]]>) {
    const places = [...indices(g.kernel)].map((k) => position(g, o, k));
    const divisor = places.filter(counts).length;
    for (const at of places)
      if (inside(at, spatial))
        dx.data[offset(inputShape, [b, c, ...at])]! += dy.data[offset(dy.dims, [b, c, ...o])]! / divisor;
  }
  return dx;
}
