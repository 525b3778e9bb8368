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
 * Positions of one residue modulo the stride form a plane, in which the elements that a kernel position meets are
 * neighbours: kernel position k meets element o * stride + k * dilation - before at output o, which is element
 * o + shift of plane `residue`.
 */
function planeOf({ stride, dilation, before }: AxisWindow, k: number): { residue: number; shift: number } {
  const offset = k * dilation - before;
  const shift = Math.floor(offset / stride);
  return { residue: offset - shift * stride, shift };
}

/** How many positions of an axis of `size` have a residue. */
const planeLength = (size: number, residue: number, stride: number): number =>
  Math.max(0, Math.ceil((size - residue) / stride));

/** Elements [from, from + count) along an axis, with `outside` for those that x does not have. */
function range(
  builder: GraphBuilder,
  x: Value,
  axis: number,
  from: number,
  count: number,
  outside: number,
): Value {
  const shape = fixedShape(x);
  const size = shape[axis]!;
  const [begin, end] = [Math.max(0, from), Math.min(size, from + count)];
  const pads = new Array<number>(2 * shape.length).fill(0);
  if (end <= begin) {
    const empty = shape.map((d, i) => (i === axis ? count : d));
    return builder.expand(builder.scalar(outside, x), empty);
  }
  const kept = begin === 0 && end === size ? x : builder.slice(x, [begin], [end], [axis]);
  pads[axis] = begin - from;
  pads[axis + shape.length] = from + count - end;
  return padWith(builder, kept, pads, outside);
}

/**
 * The elements that each kernel position meets along one axis: one value of `count` elements a kernel position.
 * @param outside what the windows meet beyond the edge.
 */
export function takeTaps(
  builder: GraphBuilder,
  x: Value,
  axis: number,
  window: AxisWindow,
  count: number,
  outside: number,
): Value[] {
  const { kernel, stride } = window;
  const size = fixedShape(x)[axis]!;
  const planes = new Map<number, Value>();
  return Array.from({ length: kernel }, (_, k) => {
    const { residue, shift } = planeOf(window, k);
    if (planeLength(size, residue, stride) === 0) return range(builder, x, axis, size, count, outside);
    const plane =
      planes.get(residue) ?? (stride === 1 ? x : builder.slice(x, [residue], [size], [axis], [stride]));
    planes.set(residue, plane);
    return range(builder, plane, axis, shift, count, outside);
  });
}

/**
 * The adjoint of `takeTaps`: element o of the value for kernel position k is added at position
 * o * stride + k * dilation - before of the result. Planes are sums of shifted values, and they interleave to the
 * result: no scatter, and no multiplication with zeros.
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
  const { stride } = window;
  const shape = fixedShape(taps[0]!);
  const length = Math.ceil(size / stride);
  const planes: (Value | undefined)[] = new Array(Math.min(stride, size)).fill(undefined);
  taps.forEach((tap, k) => {
    const { residue, shift } = planeOf(window, k);
    if (residue >= size) return;
    const placed = range(builder, tap, axis, -shift, length, 0);
    const plane = planes[residue];
    planes[residue] = plane ? builder.add(plane, placed) : placed;
  });
  const planeShape = shape.map((d, i) => (i === axis ? length : d));
  const filled = planes.map((plane) => plane ?? builder.expand(builder.scalar(0, taps[0]!), planeShape));
  const whole = interleave(builder, filled, axis, planeShape);
  return length * filled.length === size ? whole : builder.slice(whole, [0], [size], [axis]);
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
