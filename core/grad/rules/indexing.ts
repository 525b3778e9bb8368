/**
 * Parts of a tensor; what was left out gets zeros.
 *   Slice    dx = dy at its places: reversed where the step is negative, zeros put between, zeros put around
 *   Gather   dx = rows of dy added up at their indices (GatherGradient); one known index is a slice
 *   Col2Im   adds up overlapping blocks, so that each element of dx is the element of dy that it was added to
 *   Pad      dx = dy without the margins; d(value) = the sum of the margins. Margins that repeat elements of x
 *            (reflect, edge, wrap) are gathers along each axis, and add up at their sources. Negative margins cut x
 *            first: those beside them repeat what is left, as onnxruntime has it.
 */
import {
  int,
  int64,
  intAttribute,
  ints,
  intsAttribute,
  stringAttribute,
  toNumbers,
  type Value,
} from '../../graph/index.ts';
import { normalizeAxis, once, productOf } from '../axes.ts';
import { emitGradientOp } from '../ops.ts';
import type { GradientRule, InputGradient, RuleContext } from '../rule.ts';

/** Puts step-1 zeros after each element along the axis. */
function interleave(c: RuleContext, x: Value, axis: number, step: number): Value {
  const shape = x.shape as readonly number[];
  const open = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)];
  const pads = new Array<number>(2 * open.length).fill(0);
  pads[open.length + axis + 1] = step - 1;
  const padded = c.builder.pad(c.builder.reshape(x, open), pads);
  return c.builder.reshape(
    padded,
    shape.map((d, i) => (i === axis ? d * step : d)),
  );
}

function slice(c: RuleContext): InputGradient[] {
  const b = c.builder;
  const size = c.shape(0);
  const starts = c.integers('starts', 1) ?? [];
  const axes = (c.integers('axes', 3) ?? starts.map((_, i) => i)).map((a) => normalizeAxis(a, size.length));
  const steps = c.integers('steps', 4) ?? starts.map(() => 1);
  const counts = c.y.shape as readonly number[];
  return [
    () => {
      if (counts.includes(0)) return b.expand(b.scalar(0, c.dy), size);
      const pads = new Array<number>(2 * size.length).fill(0);
      let dx = c.dy;
      axes.forEach((axis, i) => {
        const [step, n, count] = [steps[i]!, size[axis]!, counts[axis]!];
        const start = Math.min(
          Math.max(starts[i]! < 0 ? starts[i]! + n : starts[i]!, 0),
          step > 0 ? n : n - 1,
        );
        const stride = Math.abs(step);
        const first = step > 0 ? start : start + (count - 1) * step;
        if (step < 0) dx = b.slice(dx, [-1], [-count - 1], [axis], [-1]);
        if (stride > 1 && count > 1) dx = interleave(c, dx, axis, stride);
        const length = dx.shape[axis] as number;
        if (length > n - first) dx = b.slice(dx, [0], [n - first], [axis]);
        pads[axis] = first;
        pads[axis + size.length] = Math.max(0, n - first - length);
      });
      return b.pad(dx, pads);
    },
  ];
}

/** d(data) of data gathered along one axis. */
function scatterAdd(
  c: RuleContext,
  indices: Value,
  dy: Value,
  axis: number,
  shape: readonly number[],
): Value {
  const attributes = { axis: int(axis), data_shape: ints(shape) };
  return emitGradientOp(c.builder, 'GatherGradient', [indices, dy], attributes, [
    { dtype: dy.dtype, shape },
  ])[0]!;
}

function gather(c: RuleContext): InputGradient[] {
  const size = c.shape(0);
  const axis = normalizeAxis(intAttribute(c.node, 'axis'), size.length);
  const known = c.known(1);
  const index = known?.dims.every((d) => d === 1) ? toNumbers(known)[0] : undefined;
  return [
    () => {
      if (index === undefined) return scatterAdd(c, c.input(1), c.dy, axis, size);
      const at = normalizeAxis(index, size[axis]!);
      const pads = new Array<number>(2 * size.length).fill(0);
      pads[axis] = at;
      pads[axis + size.length] = size[axis]! - 1 - at;
      return c.builder.pad(
        c.builder.reshape(
          c.dy,
          size.map((d, i) => (i === axis ? 1 : d)),
        ),
        pads,
      );
    },
  ];
}

/** Where an element of the padded axis comes from; `position` counts from the first of the `size` elements of x. */
const SOURCES: Readonly<Record<string, (position: number, size: number) => number>> = {
  edge: (p, n) => Math.min(Math.max(p, 0), n - 1),
  wrap: (p, n) => ((p % n) + n) % n,
  reflect: (p, n) => {
    if (n === 1) return 0;
    const period = 2 * (n - 1);
    const q = ((p % period) + period) % period;
    return q < n ? q : period - q;
  },
};

function pad(c: RuleContext): InputGradient[] {
  const b = c.builder;
  const size = c.shape(0);
  const rank = size.length;
  const mode = stringAttribute(c.node, 'mode');
  const given = c.integers('pads', 1) ?? [];
  const axes = (c.integers('axes', 3) ?? size.map((_, i) => i)).map((a) => normalizeAxis(a, rank));
  const [before, after] = [new Array<number>(rank).fill(0), new Array<number>(rank).fill(0)];
  axes.forEach((axis, i) => {
    before[axis] = given[i]!;
    after[axis] = given[i + axes.length]!;
  });
  const source = SOURCES[mode];
  if (source)
    return [
      () =>
        axes.reduce((dy, axis) => {
          if (before[axis] === 0 && after[axis] === 0) return dy;
          const cut = Math.max(0, -before[axis]!);
          const left = size[axis]! - cut - Math.max(0, -after[axis]!);
          const sources = Array.from(
            { length: dy.shape[axis] as number },
            (_, i) => cut + source(i - Math.max(0, before[axis]!), left),
          );
          const shape = dy.shape.map((d, i) => (i === axis ? size[axis]! : (d as number)));
          return scatterAdd(c, b.constant(int64(sources)), dy, axis, shape);
        }, c.dy),
    ];
  if (mode !== 'constant') throw c.unsupported(`its mode is "${mode}"`);
  // Negative pads cut x; the gradient of what was cut is zero.
  const inner = once(() => {
    const cut = size.flatMap((_, i) => (before[i]! > 0 || after[i]! > 0 ? [i] : []));
    if (cut.length === 0) return c.dy;
    const ends = cut.map((i) => (c.dy.shape[i] as number) - Math.max(0, after[i]!));
    return b.slice(
      c.dy,
      cut.map((i) => Math.max(0, before[i]!)),
      ends,
      cut,
    );
  });
  const all = size.map((_, i) => i);
  return [
    () =>
      b.pad(
        inner(),
        [...before, ...after].map((p) => Math.max(0, -p)),
      ),
    undefined,
    () => b.sub(b.reduceSum(c.dy, all), b.reduceSum(inner(), all)),
  ].slice(0, c.inputs.length);
}

function col2Im(c: RuleContext): InputGradient[] {
  const b = c.builder;
  const kernel = c.integers('block_shape', 2)!;
  const ones = kernel.map(() => 1);
  const strides = intsAttribute(c.node, 'strides', ones);
  const dilations = intsAttribute(c.node, 'dilations', ones);
  const pads = intsAttribute(c.node, 'pads', undefined) ?? [...ones, ...ones].fill(0);
  const [batch, channels, ...image] = c.y.shape as [number, number, ...number[]];
  const counts = image.map((size, i) => {
    const padded = size + pads[i]! + pads[i + image.length]!;
    return Math.floor((padded - dilations[i]! * (kernel[i]! - 1) - 1) / strides[i]!) + 1;
  });
  const axes = image.map((_, i) => i + 2);
  const positions = kernel.reduce<number[][]>(
    (all, size) => all.flatMap((p) => Array.from({ length: size }, (_, k) => [...p, k])),
    [[]],
  );
  return [
    () => {
      const padded = b.pad(c.dy, [
        ...[0, 0, ...pads.slice(0, image.length)],
        ...[0, 0, ...pads.slice(image.length)],
      ]);
      const taps = positions.map((position) => {
        const starts = position.map((k, i) => k * dilations[i]!);
        const ends = starts.map((start, i) => start + (counts[i]! - 1) * strides[i]! + 1);
        const tap = b.slice(padded, starts, ends, axes, strides);
        return b.reshape(tap, [batch, channels, 1, productOf(counts)]);
      });
      return b.reshape(b.concat(taps, 2), c.shape(0));
    },
  ];
}

export const INDEXING_RULES: readonly GradientRule[] = [
  { op: 'Slice', gradient: slice },
  { op: 'Gather', gradient: gather },
  { op: 'Pad', gradient: pad },
  { op: 'Col2Im', gradient: col2Im },
];
