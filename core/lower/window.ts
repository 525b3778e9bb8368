import type { GraphBuilder, Node, Value } from '../graph/index.ts';
import { fixedShape, intsOf } from './lowering.ts';

/** The sliding window of a convolution or a pooling along one spatial axis. */
export interface AxisWindow {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

/** One window a spatial axis, from the attributes kernel_shape, strides, dilations and pads. */
export function windowsOf(node: Node): AxisWindow[] {
  const kernel = intsOf(node, 'kernel_shape');
  const strides = intsOf(node, 'strides');
  const dilations = intsOf(node, 'dilations');
  const pads = intsOf(node, 'pads');
  return kernel.map((size, i) => ({
    kernel: size,
    stride: strides[i]!,
    dilation: dilations[i]!,
    before: pads[i]!,
    after: pads[i + kernel.length]!,
  }));
}

/** How many elements the window spans: dilation * (kernel - 1) + 1. */
export const extentOf = (w: AxisWindow): number => w.dilation * (w.kernel - 1) + 1;

/**
 * The adjoint of taking strided taps along one axis: element o of tap k is added at position
 * o * stride + k * dilation - before of the result.
 *
 * Positions of one residue modulo the stride form a plane in which every tap is a contiguous shift, so that planes
 * are sums of padded taps, and the planes interleave to the result: no scatter, and no multiplication with zeros.
 * @param taps one value a kernel position, all of the same shape.
 * @param size of the result along `axis`.
 */
export function spreadTaps(
  builder: GraphBuilder,
  taps: readonly Value[],
  axis: number,
  window: AxisWindow,
  size: number,
): Value {
  const { stride, dilation, before } = window;
  const shape = fixedShape(taps[0]!);
  const count = shape[axis]!;
  const reach = Math.floor((dilation * (taps.length - 1)) / stride) + count;
  const length = Math.max(reach, Math.ceil((before + size) / stride));
  const planes: (Value | undefined)[] = new Array(stride).fill(undefined);
  taps.forEach((tap, k) => {
    const offset = k * dilation;
    const shift = Math.floor(offset / stride);
    const pads = new Array<number>(2 * shape.length).fill(0);
    pads[axis] = shift;
    pads[axis + shape.length] = length - count - shift;
    const placed = builder.pad(tap, pads);
    const plane = planes[offset % stride];
    planes[offset % stride] = plane ? builder.add(plane, placed) : placed;
  });
  const planeShape = shape.map((d, i) => (i === axis ? length : d));
  const filled = planes.map((plane) => plane ?? builder.expand(builder.scalar(0, taps[0]!), planeShape));
  const whole = interleave(builder, filled, axis, planeShape);
  if (before === 0 && length * stride === size) return whole;
  return builder.slice(whole, [before], [before + size], [axis]);
}

/** Element j of plane r goes to position j * planes + r along `axis`. */
function interleave(
  builder: GraphBuilder,
  planes: readonly Value[],
  axis: number,
  shape: readonly number[],
): Value {
  if (planes.length === 1) return planes[0]!;
  const single = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)];
  const stacked = builder.concat(
    planes.map((plane) => builder.reshape(plane, single)),
    axis + 1,
  );
  return builder.reshape(
    stacked,
    shape.map((d, i) => (i === axis ? d * planes.length : d)),
  );
}

/** As `spreadTaps`, over all spatial axes; taps in row-major order of the kernel. */
export function spreadWindows(
  builder: GraphBuilder,
  taps: readonly Value[],
  windows: readonly AxisWindow[],
  spatial: readonly number[],
): Value {
  let rows = taps;
  for (let i = windows.length - 1; i >= 0; i--) {
    const { kernel } = windows[i]!;
    const merged: Value[] = [];
    for (let from = 0; from < rows.length; from += kernel)
      merged.push(spreadTaps(builder, rows.slice(from, from + kernel), 2 + i, windows[i]!, spatial[i]!));
    rows = merged;
  }
  return rows[0]!;
}

/**
 * The elements that each kernel position meets: one value of the output's spatial shape a kernel position, in
 * row-major order of the kernel. Axes behind the spatial ones (a block of channels) are left alone.
 * @param outside what the windows meet beyond the edge.
 */
export function takeTaps(
  builder: GraphBuilder,
  x: Value,
  windows: readonly AxisWindow[],
  output: readonly number[],
  outside: number,
): Value[] {
  const shape = fixedShape(x);
  const needed = windows.map((w, i) => (output[i]! - 1) * w.stride + extentOf(w));
  const before = windows.map((w) => w.before);
  const after = windows.map((w, i) => Math.max(0, needed[i]! - w.before - shape[i + 2]!));
  const trailing = new Array<number>(shape.length - 2 - windows.length).fill(0);
  const padded = padWith(builder, x, [0, 0, ...before, ...trailing, 0, 0, ...after, ...trailing], outside);
  const axes = windows.map((_, i) => i + 2);
  const strides = windows.map((w) => w.stride);
  return kernelPositions(windows).map((position) => {
    const starts = windows.map((w, i) => position[i]! * w.dilation);
    const ends = starts.map((start, i) => start + (output[i]! - 1) * strides[i]! + 1);
    return builder.slice(padded, starts, ends, axes, strides.some((s) => s > 1) ? strides : undefined);
  });
}

/** All positions of the kernel, row-major. */
export function kernelPositions(windows: readonly AxisWindow[]): number[][] {
  return windows.reduce<number[][]>(
    (positions, { kernel }) => positions.flatMap((p) => Array.from({ length: kernel }, (_, k) => [...p, k])),
    [[]],
  );
}

function padWith(builder: GraphBuilder, x: Value, pads: readonly number[], value: number): Value {
  if (value === 0 || pads.every((p) => p === 0)) return builder.pad(x, pads);
  return builder.op('Pad', [x, builder.integers(pads), builder.scalar(value, x)]);
}
