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
 *
 * Where a batch is half a block (8 images, blocks of 16), or another even part of it, images are cut into slabs of rows,
 * those of x overlapping by what the kernel reaches over; each slab counts as an image.
 */
import type { GraphBuilder, Value } from '../../graph/index.ts';
import type { AxisWindow } from '../window.ts';
import { extentOf } from '../window.ts';
import { emitConvolution } from './kernels.ts';
import type { BlockedSite } from './site.ts';
import { blockChannels, swapInside } from './weights.ts';

type Shape4 = readonly [number, number, number, number];

/**
 * Whether images, or slabs of them, fill whole blocks, as they must where they take the place of channels. Columns of a
 * dilated kernel would not be neighbours. A matrix product is as good for a pointwise kernel, and needs no slabs.
 */
export function canCorrelate(
  block: number,
  input: Shape4,
  output: Shape4,
  windows: readonly AxisWindow[],
): boolean {
  const whole = input[1] % block === 0 && output[1] % block === 0;
  const slabs = slabsOf(block, input[0]);
  const cut = slabs > 1 && output[2] >= slabs && windows.some((window) => window.kernel > 1);
  return whole && (slabs === 1 || cut) && (windows[1]!.dilation === 1 || windows[1]!.kernel === 1);
}

/** Slabs that an image is cut into; 0 where none fill a block. */
function slabsOf(block: number, images: number): number {
  if (images % block === 0) return 1;
  return block % images === 0 ? block / images : 0;
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
  const slabs = slabsOf(block, input[0]);
  /** Rows of dy in a slab. */
  const height = Math.ceil(output[2] / slabs);
  const x = pad(site, input, [output[0], output[1], slabs * height, output[3]], windows);
  const rest = slabs * height - output[2];
  const dy = builder.pad(layouts.blocked(node.inputs[1]!), [0, 0, 0, 0, 0, 0, 0, rest, 0, 0]);
  const packed = [filters, channels, kh * kw, block, block];

  const pointwise = windows.every((v) => v.kernel === 1 && v.stride === 1);
  if (pointwise && filters > channels) {
    // The roles may change then, and the larger array takes the cheaper way.
    const transposed = convolve(site, dy, x, [1, 1], [1, 1], [1, 1]);
    return builder.reshape(swapInside(builder, transposed, block), packed);
  }
  const strides = windows.map((v) => v.stride);
  const reach = (height - 1) * strides[0]! + extentOf(windows[0]!);
  const dw = convolve(
    site,
    slabsFrom(builder, x, slabs, height * strides[0]!, reach),
    dy,
    [kh, kw],
    strides,
    [windows[0]!.dilation, 1],
    slabs,
  );
  const swapped = builder.reshape(dw, [channels, filters, kh * kw * block * block]);
  return builder.reshape(builder.transpose(swapped, [1, 0, 2]), packed);
}

/** Rows `step` apart, `reach` of them each, one slab of all images after the other: [slabs N, C/b, reach, W, b]. */
function slabsFrom(builder: GraphBuilder, x: Value, slabs: number, step: number, reach: number): Value {
  if (slabs === 1) return x;
  const parts = Array.from({ length: slabs }, (_, slab) =>
    builder.slice(x, [slab * step], [slab * step + reach], [2]),
  );
  return builder.concat(parts, 0);
}

/**
 * The correlation of two blocked arrays, [N, A/b, H, W, b] and [N, B/b, h, w, b], summed over images and positions:
 * [A/b, B, kh, kw*b], laid out as [A/b, B/b, kh, kw, b of A, b of B].
 * @param spread how far apart in `wide` the positions of `narrow` are. @param stride between positions of the result.
 * @param slabs that the images of `wide` are cut into, and those of `narrow` are to be.
 */
function convolve(
  { builder, layouts }: BlockedSite,
  wide: Value,
  narrow: Value,
  kernel: readonly [number, number],
  spread: readonly number[],
  stride: readonly [number, number],
  slabs = 1,
): Value {
  const { block } = layouts;
  const [batch, columns, height, width] = wide.shape as [number, number, number, number];
  const [, rows, whole, w] = narrow.shape as [number, number, number, number];
  const h = whole / slabs;
  const groups = batch / block;
  const images = builder.reshape(
    blockChannels(builder, wide, [groups, block, columns * height * width * block]),
    [groups, columns, height * width * block * block],
  );
  // A row of one image's block after the same of the other images: a Gather runs on all threads, a Transpose on one.
  const filters = builder.gather(
    builder.reshape(narrow, [batch * rows * h * w, block]),
    layouts.shared(`images inside ${batch} ${rows} ${h * w} ${slabs}`, () =>
      imagesInside(groups, block, rows, h * w, slabs),
    ),
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

/**
 * Where the rows of [rows, groups, positions, block (slabs of images)] lie in [images, rows, slabs, positions]; one slab of
 * all images is followed by the next.
 */
function imagesInside(
  groups: number,
  block: number,
  rows: number,
  positions: number,
  slabs: number,
): BigInt64Array {
  const order = new BigInt64Array(rows * groups * positions * block);
  const images = (groups * block) / slabs;
  let at = 0;
  for (let row = 0; row < rows; row++)
    for (let group = 0; group < groups; group++)
      for (let position = 0; position < positions; position++)
        for (let i = 0; i < block; i++) {
          const [slab, image] = [Math.floor((group * block + i) / images), (group * block + i) % images];
          order[at++] = BigInt(((image * rows + row) * slabs + slab) * positions + position);
        }
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
