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
 * Images are cut into slabs of rows, those of x overlapping by what the kernel reaches over, and each slab counts as an
 * image: where a batch is half a block (8 images, blocks of 16), or another even part of it, and where a whole image's dy
 * would not stay in the cache.
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
  const whole = (input[1] % block === 0 || input[1] < block) && output[1] % block === 0;
  const slabs = fewestSlabs(block, input[0]);
  const cut = slabs > 1 && output[2] >= slabs && !isPointwise(windows);
  return whole && (slabs === 1 || cut) && (windows[1]!.dilation === 1 || windows[1]!.kernel === 1);
}

const isPointwise = (windows: readonly AxisWindow[]): boolean => windows.every(({ kernel }) => kernel === 1);

/** Slabs that an image is cut into so that a block is filled; 0 where none do. */
function fewestSlabs(block: number, images: number): number {
  if (images % block === 0) return 1;
  return block % images === 0 ? block / images : 0;
}

/**
 * Bytes of dy that the kernel reads again and again: a slab of rows of a block of images, for the four blocks of filters that
 * it computes at a time. They are to stay in a core's second-level cache: with AVX-512 a filter of 6.4 MB made the kernel
 * half as fast as one of 1 MB or less (64 -> 64, 56x56, 3x3, batch 8: 12.4 and 6.4 ms). With AVX2 the kernel asks for them
 * half as fast, and more slabs were not measured.
 */
const CACHED = 2 ** 20;
const AVX512_BLOCK = 16;

function slabsOf(
  block: number,
  [images, filters, height, width]: Shape4,
  windows: readonly AxisWindow[],
): number {
  const fewest = fewestSlabs(block, images);
  if (block < AVX512_BLOCK || isPointwise(windows)) return fewest;
  const bytesOf = (slabs: number): number =>
    Float32Array.BYTES_PER_ELEMENT * block * Math.min(filters, 4 * block) * Math.ceil(height / slabs) * width;
  let slabs = fewest;
  while (bytesOf(slabs) > CACHED && slabs + fewest <= height) slabs += fewest;
  return slabs;
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
  const taps = windows.reduce((product, { kernel }) => product * kernel, 1);
  const [filters, channels] = [output[1] / block, input[1] / block];
  const packed = [filters, channels, taps, block, block];
  const [x, dy] = node.inputs.map((name) => layouts.blocked(name)) as [Value, Value];

  if (taps === 1 && windows.every((v) => v.stride === 1) && filters > channels) {
    // The roles may change then, and the larger array takes the cheaper way.
    const narrow = pad(builder, x, output, windows);
    const transposed = convolve(site, { wide: dy, narrow, kernel: [1, 1], spread: [1, 1], stride: [1, 1] });
    return builder.reshape(swapInside(builder, transposed, block), packed);
  }
  const dw = builder.reshape(correlateSlabs(site, x, output, windows), [
    channels,
    filters,
    taps * block * block,
  ]);
  return builder.reshape(builder.transpose(dw, [1, 0, 2]), packed);
}

/**
 * The same for x with fewer channels than a block, an image: all of its channels are neighbouring columns.
 * @returns dw [M, C, kh, kw].
 */
export function correlateImage(
  site: BlockedSite,
  input: Shape4,
  output: Shape4,
  windows: readonly AxisWindow[],
): Value {
  const { node, builder, layouts } = site;
  const { block } = layouts;
  const [images, channels, height, width] = input;
  const [kh, kw] = windows.map((w) => w.kernel) as [number, number];
  const x = builder.reshape(layouts.channelsLast(node.inputs[0]!), [images, 1, height, width, channels]);
  const dw = builder.reshape(correlateSlabs(site, x, output, windows), [
    output[1] / block,
    kh,
    kw,
    channels,
    block,
  ]);
  return builder.reshape(builder.transpose(dw, [0, 4, 3, 1, 2]), [output[1], channels, kh, kw]);
}

/** @param x [N, C/c, H, W, c]. @returns laid out as [C/c, M/b, kh, kw, c, b]. */
function correlateSlabs(site: BlockedSite, x: Value, output: Shape4, windows: readonly AxisWindow[]): Value {
  const { node, builder, layouts } = site;
  const [rows, columns] = windows as [AxisWindow, AxisWindow];
  const count = slabsOf(layouts.block, output, windows);
  /** Rows of dy in a slab. */
  const height = Math.ceil(output[2] / count);
  const rest = count * height - output[2];
  return convolve(site, {
    wide: pad(builder, x, [output[0], output[1], count * height, output[3]], windows),
    narrow: builder.pad(layouts.blocked(node.inputs[1]!), [0, 0, 0, 0, 0, 0, 0, rest, 0, 0]),
    kernel: [rows.kernel, columns.kernel],
    spread: [rows.stride, columns.stride],
    stride: [rows.dilation, 1],
    slabs: { count, step: height * rows.stride, reach: (height - 1) * rows.stride + extentOf(rows) },
  });
}

interface Correlation {
  /** [N, A/a, H, W, a]. */
  readonly wide: Value;
  /** [N, B/b, h, w, b]. */
  readonly narrow: Value;
  readonly kernel: readonly [number, number];
  /** How far apart in `wide` the positions of `narrow` are. */
  readonly spread: readonly number[];
  /** Between positions of the result. */
  readonly stride: readonly [number, number];
  readonly slabs?: Slabs;
}

/** How images are cut: those of `narrow` into `count` equal parts, those of `wide` into as many, `step` rows apart. */
interface Slabs {
  readonly count: number;
  readonly step: number;
  /** Rows of a slab of `wide`. */
  readonly reach: number;
}

/** The correlation of two arrays, summed over images and positions: [A/a, B, kh, kw*a], laid out as [A/a, B/b, kh, kw, a, b]. */
function convolve({ builder, layouts }: BlockedSite, correlation: Correlation): Value {
  const { wide, narrow, kernel, spread, stride } = correlation;
  const { block } = layouts;
  const [images, columns, height, width, unit] = wide.shape as [number, number, number, number, number];
  const [, rows, whole, w] = narrow.shape as [number, number, number, number];
  const { count, step, reach } = correlation.slabs ?? { count: 1, step: 0, reach: height };
  const h = whole / count;
  const batch = count * images;
  const groups = batch / block;
  const line = width * unit;
  const inside =
    batch === block && count === 1
      ? blockChannels(builder, wide, [1, block, columns * height * line])
      : blockChannels(
          builder,
          // Rows of blocks of images, column by column: a Gather runs on all threads, a Transpose on one.
          builder.gather(
            builder.reshape(wide, [images * columns * height, line]),
            layouts.shared(`slabs of ${[images, columns, height, count, step, reach]}`, () =>
              slabRows({ images, columns, height }, { count, step, reach }),
            ),
            0,
          ),
          [columns * groups, block, reach * line],
        );
  // A row of one image's block after the same of the other images.
  const filters = builder.gather(
    builder.reshape(narrow, [images * rows * whole * w, block]),
    layouts.shared(`images inside ${batch} ${rows} ${h * w} ${count}`, () =>
      imagesInside(groups, block, rows, h * w, count),
    ),
    0,
  );
  return emitConvolution(builder, {
    x: builder.reshape(inside, [columns, batch, reach, line]),
    w: builder.reshape(filters, [rows * block, batch, h, w]),
    windows: [
      { kernel: h, stride: stride[0], dilation: spread[0]!, before: 0, after: 0 },
      { kernel: w, stride: stride[1], dilation: spread[1]! * unit, before: 0, after: 0 },
    ],
    group: 1,
    output: [columns, rows * block, kernel[0], kernel[1] * unit],
  });
}

/** Where the rows of [columns, slabs, images, reach] lie in [images, columns, height]. */
function slabRows(
  { images, columns, height }: { images: number; columns: number; height: number },
  { count, step, reach }: Slabs,
): BigInt64Array {
  const order = new BigInt64Array(columns * count * images * reach);
  let at = 0;
  for (let column = 0; column < columns; column++)
    for (let slab = 0; slab < count; slab++)
      for (let image = 0; image < images; image++)
        for (let row = 0; row < reach; row++)
          order[at++] = BigInt((image * columns + column) * height + slab * step + row);
  return order;
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

/** x [N, C/c, H, W, c] with exactly the rows and columns that the windows meet. */
function pad(builder: GraphBuilder, x: Value, output: Shape4, windows: readonly AxisWindow[]): Value {
  const sizes = x.shape.slice(2, 4) as [number, number];
  const pads = windows.map((v, i) => {
    const reached = (output[i + 2]! - 1) * v.stride + extentOf(v);
    return [v.before, reached - v.before - sizes[i]!] as const;
  });
  const ends = pads.map(([, after], i) => sizes[i]! + Math.min(0, after));
  const kept = builder.slice(x, [0, 0], ends, [2, 3]);
  const [rows, columns] = pads.map(([before, after]) => [before, Math.max(0, after)] as const);
  return builder.pad(kept, [0, 0, rows![0], columns![0], 0, 0, 0, rows![1], columns![1], 0]);
}
