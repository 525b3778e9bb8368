import { intAttribute, intsAttribute, type Node, stringAttribute, type Value } from '../../graph/index.ts';
import { asProducts, formOf } from '../gradients/conv-weight.ts';
import { intsOf } from '../lowering.ts';
import { type AxisWindow, windowsOf } from '../window.ts';
import { emitConvolution } from './kernels.ts';
import { type Phase, phasesOf } from './phases.ts';
import type { BlockedRules, BlockedSite } from './site.ts';
import { canCorrelate, correlate, correlateImage } from './weight-gradient.ts';
import { blockFilters, depthwiseTaps, transposedTaps } from './weights.ts';

type Shape4 = readonly [number, number, number, number];

const isShape4 = (shape: readonly number[] | undefined): shape is Shape4 => shape?.length === 4;

function forwardWindows(node: Node, kernel: readonly number[]): AxisWindow[] | undefined {
  if (stringAttribute(node, 'auto_pad') !== 'NOTSET') return undefined;
  const [strides, dilations] = [
    intsAttribute(node, 'strides', [1, 1]),
    intsAttribute(node, 'dilations', [1, 1]),
  ];
  const pads = intsAttribute(node, 'pads', undefined) ?? [0, 0, 0, 0];
  return kernel.map((size, i) => ({
    kernel: size,
    stride: strides[i]!,
    dilation: dilations[i]!,
    before: pads[i]!,
    after: pads[i + 2]!,
  }));
}

const isDepthwise = (w: Shape4, group: number): boolean => group === w[0] && w[1] === 1;

/** y = Conv(x, w, b). Few input channels (an image) are read plain; channels that fill no whole block are followed by zeros. */
function convolution({ node, builder, layouts }: BlockedSite): boolean {
  const [x, w, y] = [node.inputs[0]!, node.inputs[1]!, node.outputs[0]!];
  const [input, weight, output] = [layouts.shape(x), layouts.shape(w), layouts.shape(y)];
  if (!isShape4(input) || !isShape4(weight) || !isShape4(output)) return false;
  const { block } = layouts;
  const group = intAttribute(node, 'group');
  const windows = forwardWindows(node, weight.slice(2));
  if (!windows) return false;
  const bias = node.inputs[2] ? layouts.plain(node.inputs[2]) : undefined;
  const divides = weight[1] % block === 0 && (weight[0] / group) % block === 0;
  const image = group === 1 && input[1] < block;
  if (layouts.canBlock(y) && (image || divides || isDepthwise(weight, group))) {
    const conv = emitConvolution(builder, {
      x: image ? layouts.plain(x) : builder.reshape(layouts.blocked(x), input),
      w: divides ? builder.reshape(layouts.packed(w), weight) : blockFilters(builder, layouts.plain(w)),
      bias,
      windows,
      group,
      output,
    });
    layouts.setBlocked(y, builder.reshape(conv, layouts.blockedShape(output)));
    return true;
  }
  if (group !== 1 || !layouts.canFill(x) || !layouts.canFill(y)) return false;
  const [filters, channels] = [layouts.wholeBlocks(weight[0]), layouts.wholeBlocks(weight[1])];
  const [n, , h, v] = input;
  const whole = [output[0], filters, output[2], output[3]];
  const conv = emitConvolution(builder, {
    x: builder.reshape(layouts.filled(x), [n, channels, h, v]),
    w: builder.reshape(layouts.filledWeights(w), [filters, channels, weight[2], weight[3]]),
    bias: bias && builder.pad(bias, [0, filters - weight[0]]),
    windows,
    group,
    output: whole,
  });
  layouts.setFilled(y, builder.reshape(conv, layouts.blockedShape(whole)));
  return true;
}

/** dx: a convolution of dy with flipped weights for each residue of the stride. */
function inputGradient({ node, builder, layouts }: BlockedSite): boolean {
  const [dy, w, dx] = [node.inputs[0]!, node.inputs[1]!, node.outputs[0]!];
  const [output, weight, input] = [layouts.shape(dy), layouts.shape(w), layouts.shape(dx)];
  if (!isShape4(output) || !isShape4(weight) || !isShape4(input)) return false;
  const group = intAttribute(node, 'group');
  const depthwise = isDepthwise(weight, group) && weight[0] === input[1];
  if (group !== 1 && !depthwise) return false;
  const canRun = (name: string): boolean => (depthwise ? layouts.canBlock(name) : layouts.canFill(name));
  if (!canRun(dy) || !canRun(dx)) return false;
  const windows = windowsOf(node);
  const [rows, columns] = windows.map((v, i) => phasesOf(v, input[i + 2]!, output[i + 2]!));
  if (!rows || !columns) return false;

  const { block } = layouts;
  const taps = depthwise
    ? depthwiseTaps(builder, layouts.plain(w), block)
    : transposedTaps(builder, layouts.filledWeights(w));
  const [batch, channels, filters] = [
    input[0],
    layouts.wholeBlocks(input[1]),
    layouts.wholeBlocks(output[1]),
  ];
  const [height, width] = windows.map((v, i) => Math.ceil(input[i + 2]! / v.stride)) as [number, number];
  const part = (row: Phase, column: Phase): Value | undefined => {
    const positions = row.positions.flatMap((i) => column.positions.map((j) => i * windows[1]!.kernel + j));
    if (positions.length === 0) return undefined;
    const [kh, kw] = [row.positions.length, column.positions.length];
    const conv = emitConvolution(builder, {
      x: builder.reshape(layouts.filled(dy), [output[0], filters, output[2], output[3]]),
      w: builder.reshape(taps(positions), [channels, depthwise ? 1 : filters, kh, kw]),
      windows: [row, column].map((p) => ({
        kernel: p.positions.length,
        stride: 1,
        dilation: 1,
        before: p.before,
        after: p.after,
      })),
      group,
      output: [batch, channels, height, width],
    });
    return builder.reshape(conv, [batch, channels / block, height, width, block]);
  };
  const [sh, sw] = [rows.length, columns.length];
  const parts = rows.flatMap((row) => columns.map((column) => part(row, column)));
  const whole = interleave(parts, [batch, channels / block, height, width, block], sh, sw);
  layouts.setFilled(dx, builder.slice(whole, [0, 0], [input[2], input[3]], [2, 3]));
  return true;

  /** [N, C/b, H, W, b] a residue to [N, C/b, H*sh, W*sw, b]. */
  function interleave(
    planes: readonly (Value | undefined)[],
    shape: readonly number[],
    sh: number,
    sw: number,
  ): Value {
    if (planes.length === 1) return planes[0]!;
    const [n, c, h, v, b] = shape as [number, number, number, number, number];
    const present = planes.flatMap((plane, i) => (plane ? [i] : []));
    if (present.length === 1) {
      const only = present[0]!;
      const [i, j] = [Math.floor(only / sw), only % sw];
      const spaced = builder.reshape(planes[only]!, [n * c, h, 1, v, b]);
      const padded = builder.pad(spaced, [0, 0, i, 0, j * b, 0, 0, sh - 1 - i, 0, (sw - 1 - j) * b]);
      return builder.reshape(padded, [n, c, h * sh, v * sw, b]);
    }
    const zero = builder.expand(builder.scalar(0, planes[present[0]!]!), [n, c, h, v, b]);
    const lines = Array.from({ length: sh }, (_, i) => {
      const along = planes.slice(i * sw, (i + 1) * sw).map((plane) => plane ?? zero);
      return builder.reshape(builder.concat(along, 4), [n, c, h, v * sw * b]);
    });
    return builder.reshape(builder.concat(lines, 3), [n, c, h * sh, v * sw, b]);
  }
}

/**
 * dw. Depthwise: every image and channel by itself, so blocked x and dy are, as they lie, the input and the kernel of
 * a depthwise convolution of one image with N * C channels; its small results are summed over the images.
 * Otherwise one convolution with images in the place of channels, or, where they do not fill blocks, a product of dy
 * [M, N*P] with the elements that each kernel position meets [N*P, C].
 */
function weightGradient(site: BlockedSite): boolean {
  const { node, layouts } = site;
  const [x, dy] = [node.inputs[0]!, node.inputs[1]!];
  const [input, output] = [layouts.shape(x), layouts.shape(dy)];
  const weight = intsOf(node, 'weight_shape');
  if (!isShape4(input) || !isShape4(output) || !isShape4(weight)) return false;
  const group = intAttribute(node, 'group');
  if (isDepthwise(weight, group) && weight[0] === input[1] && layouts.canBlock(x)) {
    depthwiseWeightGradient(site, input, output, weight);
    return true;
  }
  const windows = windowsOf(node);
  if (group === 1 && canCorrelate(layouts.block, input, output, windows)) {
    if (input[1] < layouts.block)
      layouts.setPlain(node.outputs[0]!, correlateImage(site, input, output, windows));
    else layouts.setPacked(node.outputs[0]!, correlate(site, input, output, windows));
    return true;
  }
  if (formOf(node) === 'convolution') return false;
  const { builder } = site;
  layouts.setPlain(node.outputs[0]!, asProducts(builder, node, layouts.channelsLast(x), layouts.plain(dy)));
  return true;
}

function depthwiseWeightGradient(
  { node, builder, layouts }: BlockedSite,
  input: Shape4,
  output: Shape4,
  weight: Shape4,
): void {
  const [x, dy, dw] = [node.inputs[0]!, node.inputs[1]!, node.outputs[0]!];
  const { block } = layouts;
  const [batch, channels, h, w] = input;
  const images = batch * channels;
  const windows = windowsOf(node);
  // Strides and dilations change places; the end padding makes as many positions as the kernel has.
  const swapped = windows.map((v, i) => ({
    kernel: output[i + 2]!,
    stride: v.dilation,
    dilation: v.stride,
    before: v.before,
    after: (v.kernel - 1) * v.dilation + (output[i + 2]! - 1) * v.stride + 1 - input[i + 2]! - v.before,
  }));
  const cropped = swapped.map((v, i) => input[i + 2]! + Math.min(0, v.after));
  const kept = builder.slice(layouts.blocked(x), [0, 0], cropped, [2, 3]);
  const each = emitConvolution(builder, {
    x: builder.reshape(kept, [1, images, Math.min(h, cropped[0]!), Math.min(w, cropped[1]!)]),
    w: builder.reshape(layouts.blocked(dy), [images, 1, output[2], output[3]]),
    windows: swapped.map((v) => ({ ...v, after: Math.max(0, v.after) })),
    group: images,
    output: [1, images, weight[2], weight[3]],
  });
  const taps = weight[2] * weight[3];
  const sum = builder.reduceSum(builder.reshape(each, [batch, channels / block, taps, block]), [0]);
  layouts.setPlain(dw, builder.reshape(builder.transpose(sum, [0, 2, 1]), weight));
}

export const CONVOLUTION: BlockedRules = {
  Conv: convolution,
  ConvInputGradient: inputGradient,
  ConvWeightGradient: weightGradient,
};
