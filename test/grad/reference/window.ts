import { forEachIndex } from './array.ts';
import type { Call } from './operator.ts';

export interface Window {
  readonly output: readonly number[];
  /** The taps of the window at an output position that lie inside the input; each with the input position it reads. */
  forEachTap(
    position: readonly number[],
    visit: (tap: readonly number[], source: readonly number[]) => void,
  ): void;
  /** How many taps lie inside the input and its padding. */
  paddedTaps(position: readonly number[]): number;
}

/** Sliding windows as the ONNX specification of Conv and the pools defines them. */
export function windowOf(call: Call, spatial: readonly number[], kernel: readonly number[]): Window {
  const ones = spatial.map(() => 1);
  const [strides, dilations] = [call.ints('strides', ones), call.ints('dilations', ones)];
  const extents = kernel.map((k, i) => dilations[i]! * (k - 1) + 1);
  const auto = call.text('auto_pad', 'NOTSET');
  let [begins, ends] = [spatial.map(() => 0), spatial.map(() => 0)];
  let output: number[];
  if (auto.startsWith('SAME')) {
    output = spatial.map((size, i) => Math.ceil(size / strides[i]!));
    const totals = output.map((out, i) => Math.max(0, (out - 1) * strides[i]! + extents[i]! - spatial[i]!));
    const smaller = totals.map((t) => Math.floor(t / 2));
    const larger = totals.map((t, i) => t - smaller[i]!);
    [begins, ends] = auto === 'SAME_UPPER' ? [smaller, larger] : [larger, smaller];
  } else {
    const pads = call.ints('pads', [...begins, ...ends]);
    if (auto !== 'VALID') [begins, ends] = [pads.slice(0, spatial.length), pads.slice(spatial.length)];
    output = spatial.map((size, i) => {
      const steps = (size + begins[i]! + ends[i]! - extents[i]!) / strides[i]!;
      if (!call.int('ceil_mode', 0)) return Math.floor(steps) + 1;
      const out = Math.ceil(steps) + 1;
      // A window that ceil_mode adds may not begin beyond the input and its leading padding.
      return (out - 1) * strides[i]! >= size + begins[i]! ? out - 1 : out;
    });
  }
  const sources = (position: readonly number[], tap: readonly number[]) =>
    tap.map((t, i) => position[i]! * strides[i]! + t * dilations[i]! - begins[i]!);
  return {
    output,
    forEachTap: (position, visit) =>
      forEachIndex(kernel, (tap) => {
        const source = sources(position, tap);
        if (source.every((s, i) => s >= 0 && s < spatial[i]!)) visit(tap, source);
      }),
    paddedTaps: (position) => {
      let count = 0;
      forEachIndex(kernel, (tap) => {
        if (sources(position, tap).every((s, i) => s < spatial[i]! + ends[i]!)) count++;
      });
      return count;
    },
  };
}
