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
import { int, type Value } from '../../graph/index.ts';
import type { AxisWindow } from '../window.ts';
import { extentOf } from '../window.ts';
import { emitConvolution, NCHWC } from './kernels.ts';
import type { BlockedSite } from './site.ts';

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
  { node, builder, layouts }: BlockedSite,
  input: Shape4,
  output: Shape4,
  windows: readonly AxisWindow[],
): Value {
  const { block } = layouts;
  const [batch, channels] = input;
  const [filters, oh, ow] = output.slice(1) as [number, number, number];
  const [kh, kw] = windows.map((w) => w.kernel) as [number, number];
  const groups = batch / block;

  const padded = pad(layouts.blocked(node.inputs[0]!));
  const [h, w] = padded.shape.slice(2, 4) as [number, number];
  const positions = (channels / block) * h * w * block;
  const declared = [groups, block, 1, positions];
  const imagesInside = builder.op(
    'ReorderInput',
    [builder.reshape(padded, declared)],
    { channels_last: int(0) },
    { domain: NCHWC, types: [{ dtype: 'float32', shape: declared }] },
  );
  const images = builder.reshape(imagesInside, [
    groups,
    channels / block,
    (positions * block * block) / channels,
  ]);
  const dy = builder.reshape(layouts.blocked(node.inputs[1]!), [
    groups,
    block,
    filters / block,
    oh * ow,
    block,
  ]);
  const dw = emitConvolution(builder, {
    x: builder.reshape(builder.transpose(images, [1, 0, 2]), [channels / block, batch, h, w * block]),
    w: builder.reshape(builder.transpose(dy, [2, 0, 3, 1, 4]), [filters, batch, oh, ow]),
    windows: windows.map((v, i) => ({
      kernel: i === 0 ? oh : ow,
      stride: i === 0 ? v.dilation : 1,
      dilation: i === 0 ? v.stride : v.stride * block,
      before: 0,
      after: 0,
    })),
    group: 1,
    output: [channels / block, filters, kh, kw * block],
  });
  const swapped = builder.reshape(dw, [channels / block, filters / block, kh * kw * block * block]);
  return builder.reshape(builder.transpose(swapped, [1, 0, 2]), [
    filters / block,
    channels / block,
    kh * kw,
    block,
    block,
  ]);

  /** x with exactly the rows and columns that the windows meet. */
  function pad(x: Value): Value {
    const pads = windows.map((v, i) => {
      const reached = (output[i + 2]! - 1) * v.stride + extentOf(v);
      return [v.before, reached - v.before - input[i + 2]!] as const;
    });
    const kept = builder.slice(
      x,
      [0, 0],
      pads.map(([, after], i) => input[i + 2]! + Math.min(0, after)),
      [2, 3],
    );
    const [rows, columns] = pads.map(([before, after]) => [before, Math.max(0, after)] as const);
    return builder.pad(kept, [0, 0, rows![0], columns![0], 0, 0, 0, rows![1], columns![1], 0]);
  }
}
