/**
 * Which form of a gradient is cheapest on a CPU. The rules are read off test/bench/conv-gradient.ts: milliseconds of
 * processor time, one thread, batch 8, AVX2.
 *
 * Weight gradient, as one convolution with batch and channels exchanged, or as a product of matrices a kernel position:
 *   64 -> 64, 56x56, 3x3: 78 or 36      128 -> 128, 28x28, 3x3: 63 or 26      144 -> 24, 56x56, 1x1: 50 or 4
 *   512 -> 512, 7x7, 3x3: 52 or 29      3 -> 64, 224x224, 7x7 stride 2: 40 or more than 150
 * A product needs enough channels to be one: below that, copying the positions costs more than multiplying.
 */
export type WeightGradientForm = 'convolution' | 'products';

export interface ConvolutionSize {
  readonly group: number;
  /** Input channels a group. */
  readonly channels: number;
  /** Kernel positions. */
  readonly taps: number;
}

/** Input channels from which on one product a kernel position wins. */
const FEWEST_CHANNELS = 8;

export function weightGradientForm({ group, channels, taps }: ConvolutionSize): WeightGradientForm {
  if (group !== 1) return 'convolution';
  return taps === 1 || channels >= FEWEST_CHANNELS ? 'products' : 'convolution';
}

/** Whether the input gradient is an ordinary convolution with the weight matrix transposed: 1x1 kernels, no stride. */
export function isPointwise(
  kernel: readonly number[],
  strides: readonly number[],
  pads: readonly number[],
): boolean {
  return kernel.every((k) => k === 1) && strides.every((s) => s === 1) && pads.every((p) => p === 0);
}
