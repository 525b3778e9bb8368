import { type Attributes, int, ints, intsAttribute, type Node, stringAttribute } from '../graph/index.ts';

/** A sliding window with everything resolved; pads are begins, then ends. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

/**
 * The window of a Conv or a pool over `spatial` sizes. auto_pad SAME: the output has ceil(size / stride) steps, the
 * padding that takes is halved, and an odd one out goes to the end (SAME_UPPER) or the beginning (SAME_LOWER).
 */
export function windowOf(
  node: Pick<Node, 'op' | 'domain' | 'attributes'>,
  spatial: readonly number[],
  kernel: readonly number[],
): Window {
  const n = spatial.length;
  const strides = intsAttribute(node, 'strides', undefined) ?? new Array<number>(n).fill(1);
  const dilations = intsAttribute(node, 'dilations', undefined) ?? new Array<number>(n).fill(1);
  const auto = stringAttribute(node, 'auto_pad');
  let pads = intsAttribute(node, 'pads', undefined) ?? new Array<number>(2 * n).fill(0);
  if (auto === 'VALID') pads = new Array<number>(2 * n).fill(0);
  if (auto.startsWith('SAME')) {
    const totals = spatial.map((size, i) => {
      const extent = dilations[i]! * (kernel[i]! - 1) + 1;
      return Math.max(0, (Math.ceil(size / strides[i]!) - 1) * strides[i]! + extent - size);
    });
    const begins = totals.map((t) => (auto === 'SAME_UPPER' ? Math.floor(t / 2) : Math.ceil(t / 2)));
    pads = [...begins, ...totals.map((t, i) => t - begins[i]!)];
  }
  return { kernel, strides, dilations, pads };
}

export function windowAttributes(window: Window): Attributes {
  return { kernel_shape: ints(window.kernel), strides: ints(window.strides), pads: ints(window.pads) };
}

export function convolutionAttributes(
  window: Window,
  group: number,
  inputShape: readonly number[],
): Attributes {
  return {
    ...windowAttributes(window),
    dilations: ints(window.dilations),
    group: int(group),
    input_shape: ints(inputShape),
  };
}
