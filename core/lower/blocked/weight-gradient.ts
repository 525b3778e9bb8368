/**
 * dw of y = Conv(x, w) as one blocked convolution: the correlation of x with dy is a convolution in which images take
 * the place of channels. Neighbouring channels of x become neighbouring columns:
 *
 *   input   [C/b, N, H, W*b]      the blocked x with its images innermost,
 *   filters [M, N, oh, ow]        dy, its columns b apart,
 *   output  [C/b, M, kh, kw*b]    of which, in blocks of M, [C/b, M/b, kh*kw, b of C, b of M] is the packed dw but for
 *                                 the order of the two outer axes.
 *
 * Nothing is copied a kernel position, and the kernel runs as fast as in the forward direction. The padding is laid
 * around x beforehand: inside the kernel, positions that touch padding are computed one by one.
 */
import type { Value } from '../../graph/index.ts';
import type { AxisWindow } from '../window.ts';
import { extentOf } from '../window.ts';
import { emitConvolution } from './kernels.ts';
import type { BlockedSite } from './site.ts';
import { blockChannels, swapInside } from './weights.ts';

type Shape4 = readonly [number, number, number, number];

/**
 * Whether images fill whole blocks, as they must where they take the place of channels. Columns of a dilated kernel
 * would not be neighbours.
 */
export function canCorrelate(
  block: number,
  input: Shape4,
  output: Shape4,
  windows: readonly AxisWindow[],
): boolean {
  const whole = [input[0], input[1], output[1]].every((size) => size % block === 0);
  return whole && (windows[1]!.dilation === 1 || windows[1]!.kernel === 1);
}

/** @returns dw, packed. */
export function correlate(
  site: BlockedSite,
  input: Shape4,
  output: Shape4,
  windows: readonly AxisWindow[],
): Value {
  const { node, builder, layouts } = site;
  const { block } = layouts;
  const [kh, kw] = windows.map((w) => w.kernel) as [number, number];
  const [filters, channels] = [output[1] / block, input[1] / block];
  const x = pad(site, input, output, windows);
  const dy = layouts.blocked(node.inputs[1]!);
  const packed = [filters, channels, kh * kw, block, block];

  const pointwise = windows.every((v) => v.kernel === 1 && v.stride === 1);
  if (pointwise && filters > channels) {
    // The roles may change then, and the larger array takes the cheaper way.
    const transposed = convolve(site, dy, x, [1, 1], [1, 1], [1, 1]);
    return builder.reshape(swapInside(builder, transposed, block), packed);
  }
  const strides = windows.map((v) => v.stride);
  const dw = convolve(site, x, dy, [kh, kw], strides, [windows[0]!.dilation, 1]);
  const swapped = builder.reshape(dw, [channels, filters, kh * kw * block * block]);
  return builder.reshape(builder.transpose(swapped, [1, 0, 2]), packed);
}

/**
 * The correlation of two blocked arrays, [N, A/b, H, W, b] and [N, B/b, h, w, b], summed over images and positions:
 * [A/b, B, kh, kw*b], laid out as [A/b, B/b, kh, kw, b of A, b of B].
 * @param spread how far apart in `wide` the positions of `narrow` are. @param stride between positions of the result.
 */
function convolve(
  { builder, layouts }: BlockedSite,
  wide: Value,
  narrow: Value,
  kernel: readonly [number, number],
  spread: readonly number[],
  stride: readonly [number, number],
): Value {
  const { block } = layouts;
  const [batch, columns, height, width] = wide.shape as [number, number, number, number];
  const [, rows, h, w] = narrow.shape as [number, number, number, number];
  const groups = batch / block;
  const images = builder.reshape(
    blockChannels(builder, wide, [groups, block, columns * height * width * block]),
    [groups, columns, height * width * block * block],
  );
  // A row of one image's block after the same of the other images: a Gather runs on all threads, a Transpose on one.
  const filters = builder.gather(
    builder.reshape(narrow, [batch * rows * h * w, block]),
    layouts.shared(`images inside ${batch} ${rows} ${h * w}`, () => imagesInside(groups, block, rows, h * w)),
    0,
  );
  return emitConvolution(builder, {
    x: builder.reshape(builder.transpose(images, [1, 0, 2]), [columns, batch, height, width * block]),
    w: builder.reshape(filters, [rows * block, batch, h, w]),
    windows: [
      { kernel: h, stride: stride[0], dilation: spread[0]!, before: 0, after: 0 },
      { kernel: w, stride: stride[1], dilation: spread[1]! * block, before: 0, after: 0 },
    ],
    group: 1,
    output: [columns, rows * block, kernel[0], kernel[1] * block],
  });
}

/** Where the rows of [rows, groups, positions, block (images)] lie in [groups, block (images), rows, positions]. */
function imagesInside(groups: number, block: number, rows: number, positions: number): BigInt64Array {
  const order = new BigInt64Array(rows * groups * positions * block);
  let at = 0;
  for (let row = 0; row < rows; row++)
    for (let group = 0; group < groups; group++)
      for (let position = 0; position < positions; position++)
        for (let image = 0; image < block; image++)
          order[at++] = BigInt(((group * block + image) * rows + row) * positions + position);
  return order;
}

/** Blocked x with exactly the rows and columns that the windows meet. */
function pad(
  { node, builder, layouts }: BlockedSite,
  input: Shape4,
  output: Shape4,
  windows: readonly AxisWindow[],
): Value {
  const pads = windows.map((v, i) => {
    const reached = (output[i + 2]! - 1) * v.stride + extentOf(v);
    return [v.before, reached - v.before - input[i + 2]!] as const;
  });
  const kept = builder.slice(
    layouts.blocked(node.inputs[0]!),
    [0, 0],
    pads.map(([, after], i) => input[i + 2]! + Math.min(0, after)),
    [2, 3],
  );
  const [rows, columns] = pads.map(([before, after]) => [before, Math.max(0, after)] as const);
  return builder.pad(kept, [0, 0, rows![0], columns![0], 0, 0, 0, rows![1], columns![1], 0]);
}
