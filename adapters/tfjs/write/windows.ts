/** Sliding windows: where ONNX's padding is what TensorFlow calls SAME or VALID, and where it must be spelt out. */
import { intAttribute, intsAttribute, stringAttribute } from '../../../core/graph/index.ts';
import type { Site } from './rule.ts';

/** The window along one spatial axis. */
export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  /** What the node says, and as many more as the last window needs where sizes are rounded up. */
  readonly after: number;
  /** `after`, without those for rounding up. */
  readonly padded: number;
  /** Size of the input; undefined where a run decides it. */
  readonly size: number | undefined;
}

/** TensorFlow's SAME: the output has ceil(size / stride) elements, and what is missing is padded, less before than after. */
function same(size: number, kernel: number, stride: number, dilation: number): [number, number] {
  const missing = Math.max((Math.ceil(size / stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0);
  return [Math.floor(missing / 2), Math.ceil(missing / 2)];
}

/** One window a spatial axis of input 0, which is [N, C, spatial…]. */
export function windowsOf(s: Site, kernel: readonly number[]): Window[] {
  const n = kernel.length;
  const spatial = s.dims(0).slice(2);
  const strides = intsAttribute(s.node, 'strides', new Array<number>(n).fill(1));
  const dilations = intsAttribute(s.node, 'dilations', new Array<number>(n).fill(1));
  const pads = intsAttribute(s.node, 'pads', undefined) ?? new Array<number>(2 * n).fill(0);
  const auto = stringAttribute(s.node, 'auto_pad');
  // Convolutions have none.
  const ceil = intAttribute(s.node, 'ceil_mode', undefined) === 1;
  return kernel.map((k, i) => {
    const [stride, dilation] = [strides[i]!, dilations[i]!];
    const size = typeof spatial[i] === 'number' ? (spatial[i] as number) : undefined;
    const common = { kernel: k, stride, dilation, size };
    if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
      if (size === undefined && (k !== 1 || stride !== 1))
        throw s.unsupported(`its auto_pad "${auto}" needs the size of the input, which is open`);
      const [less, more] = same(size ?? 1, k, stride, dilation);
      const [before, after] = auto === 'SAME_UPPER' ? [less, more] : [more, less];
      return { ...common, before, after, padded: after };
    }
    const [before, padded] = auto === 'VALID' ? [0, 0] : [pads[i]!, pads[i + n]!];
    if (!ceil) return { ...common, before, after: padded, padded };
    if (size === undefined) throw s.unsupported('its ceil_mode needs the size of the input, which is open');
    const extent = dilation * (k - 1) + 1;
    let count = Math.ceil((size + before + padded - extent) / stride) + 1;
    // A last window that would begin in the end padding is left out.
    if ((count - 1) * stride >= size + before) count--;
    const after = Math.max(padded, (count - 1) * stride + extent - size - before);
    return { ...common, before, after, padded };
  });
}

/** How many windows there are along an axis whose size is known. */
export function countOf({ size, kernel, dilation, stride, before, after }: Window): number | undefined {
  const extent = dilation * (kernel - 1) + 1;
  return size === undefined ? undefined : Math.floor((size + before + after - extent) / stride) + 1;
}

export const isUnpadded = (windows: readonly Window[]): boolean =>
  windows.every((w) => w.before === 0 && w.after === 0);

/** Whether TensorFlow's SAME pads just so. */
export const isSame = (windows: readonly Window[]): boolean =>
  windows.every((w) => {
    if (w.size === undefined) return false;
    const [before, after] = same(w.size, w.kernel, w.stride, w.dilation);
    return before === w.before && after === w.after;
  });
