/**
 * StridedSlice's bounds: NumPy's indexing x[begin:end:stride, ...], with masks that say for each entry whether its bound
 * is left open (begin_mask, end_mask), whether it is an index whose axis goes away (shrink_axis_mask), `...`
 * (ellipsis_mask) or a new axis (new_axis_mask).
 * https://www.tensorflow.org/api_docs/python/tf/strided_slice
 */
import type { Dim } from '../../../core/graph/index.ts';
import type { NodeAttributes } from './attributes.ts';

/** Along one axis of x: positions start, start + step ... */
export interface SliceRange {
  readonly start: number;
  /** How many; undefined where the axis' size is not known. */
  readonly length: number | undefined;
  readonly step: number;
  /** As ONNX's Slice wants it: a bound that is not reached, negative ones counting from the end. */
  readonly end: number;
}

export interface Slicing {
  /** One for each axis of x. */
  readonly ranges: readonly SliceRange[];
  /** Of the result. */
  readonly dims: readonly Dim[];
  /** Axes of x that go away, and axes of the result that are new. */
  readonly removed: readonly number[];
  readonly added: readonly number[];
}

/** "To the end" for ONNX's Slice. */
const FAR = 2 ** 31 - 1;

export function sliceRanges(
  attributes: NodeAttributes,
  shape: readonly Dim[],
  begin: readonly number[],
  end: readonly number[],
  strides: readonly number[],
): Slicing {
  const bit = (mask: string, i: number): boolean => (attributes.int(mask, 0) & (1 << i)) !== 0;
  const entries = begin.map((_, i) => i);
  const added = entries.filter((i) => bit('new_axis_mask', i) && !bit('ellipsis_mask', i));
  const ellipsis = entries.find((i) => bit('ellipsis_mask', i)) ?? begin.length;
  const specified = entries.filter((i) => i !== ellipsis && !added.includes(i)).length;

  const ranges: SliceRange[] = [];
  const dims: Dim[] = [];
  const removed: number[] = [];
  const newAxes: number[] = [];
  const whole = (): void => {
    const size = shape[ranges.length]!;
    ranges.push({ start: 0, length: typeof size === 'number' ? size : undefined, step: 1, end: FAR });
    dims.push(size);
  };
  for (let i = 0; i <= begin.length; i++) {
    if (i === ellipsis) for (let n = shape.length - specified; n > 0; n--) whole();
    if (i === ellipsis || i === begin.length) continue;
    if (added.includes(i)) {
      newAxes.push(dims.length);
      dims.push(1);
      continue;
    }
    const axis = ranges.length;
    const size = shape[axis]!;
    if (bit('shrink_axis_mask', i)) {
      ranges.push(one(begin[i]!, size));
      removed.push(axis);
      continue;
    }
    const step = strides[i]!;
    const open = { begin: bit('begin_mask', i), end: bit('end_mask', i) };
    const range = rangeOf(open.begin ? undefined : begin[i]!, open.end ? undefined : end[i]!, step, size);
    ranges.push(range);
    // An axis taken whole keeps its name.
    dims.push(open.begin && open.end && step === 1 ? size : (range.length ?? '?'));
  }
  return { ranges, dims, removed, added: newAxes };
}

function one(index: number, size: Dim): SliceRange {
  const start = index < 0 && typeof size === 'number' ? index + size : index;
  return { start, length: 1, step: 1, end: start === -1 ? FAR : start + 1 };
}

function rangeOf(begin: number | undefined, end: number | undefined, step: number, size: Dim): SliceRange {
  const toEnd = step > 0 ? FAR : -FAR;
  if (typeof size !== 'number')
    return { start: begin ?? (step > 0 ? 0 : -1), length: undefined, step, end: end ?? toEnd };
  const clamp = (n: number, low: number, high: number): number =>
    Math.min(Math.max(n < 0 ? n + size : n, low), high);
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const start = begin === undefined ? (step > 0 ? 0 : size - 1) : clamp(begin, low, high);
  const stop = end === undefined ? (step > 0 ? size : -1) : clamp(end, low, high);
  const length = Math.max(0, Math.ceil((stop - start) / step));
  return { start, length, step, end: stop < 0 ? -FAR : stop };
}
