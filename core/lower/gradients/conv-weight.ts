/** dw of y = Conv(x, w): the correlation of x with dy. */
import { type GraphBuilder, int, ints, type Node, type Value } from '../../graph/index.ts';
import { weightGradientForm } from '../cost.ts';
import { fixedShape, input, intOf, intsOf, type Lowerings, type Site } from '../lowering.ts';
import { kernelPositions, windowsOf } from '../window.ts';

function convWeightGradient(site: Site): Value[] {
  const { builder, node, target } = site;
  const [x, dy] = [input(site, 0), input(site, 1)];
  if (target === 'portable' || formOf(node) === 'convolution') return [asConvolution(site)];
  const rank = fixedShape(x).length;
  const axes = Array.from({ length: rank - 2 }, (_, i) => i + 2);
  return [asProducts(builder, node, builder.transpose(x, [0, ...axes, 1]), dy)];
}

/** The cheaper form on a CPU. */
export function formOf(node: Node): 'convolution' | 'products' {
  const [, channels, ...kernel] = intsOf(node, 'weight_shape');
  return weightGradientForm({
    group: intOf(node, 'group'),
    channels: channels!,
    taps: kernel.reduce((a, b) => a * b, 1),
  });
}

/**
 * One convolution in which batch and channels change places: x as C/group images of group * N channels, dy as the
 * kernel of M filters, strides and dilations swapped. Where the forward windows did not reach the end of x, it has
 * more positions than the kernel; those are cut off.
 */
function asConvolution(site: Site): Value {
  const { builder, node } = site;
  const [x, dy] = [input(site, 0), input(site, 1)];
  const windows = windowsOf(node);
  const group = intOf(node, 'group');
  const [batch, channels, ...spatial] = fixedShape(x) as [number, number, ...number[]];
  const axes = windows.map((_, i) => i + 2);
  const swap = [1, 0, ...axes];

  const grouped = builder.reshape(x, [batch, group, channels / group, ...spatial]);
  const images = builder.reshape(builder.transpose(grouped, [2, 1, 0, ...axes.map((a) => a + 1)]), [
    channels / group,
    group * batch,
    ...spatial,
  ]);
  const filters = builder.transpose(dy, swap);
  const all = builder.op('Conv', [images, filters], {
    kernel_shape: ints(fixedShape(dy).slice(2)),
    strides: ints(windows.map((w) => w.dilation)),
    dilations: ints(windows.map((w) => w.stride)),
    pads: ints([...windows.map((w) => w.before), ...windows.map((w) => w.after)]),
    group: int(group),
  });
  const kernel = intsOf(node, 'weight_shape').slice(2);
  const starts = kernel.map(() => 0);
  const exact = kernel.every((k, i) => k === all.shape[i + 2]);
  return builder.transpose(exact ? all : builder.slice(all, starts, kernel, axes), swap);
}

/**
 * A product of matrices for each kernel position: dy [M, N*P] with the elements of x that the position meets
 * [N*P, C]. For one group.
 * @param x with channels last, [N, ...spatial, C].
 */
export function asProducts(builder: GraphBuilder, node: Node, x: Value, dy: Value): Value {
  const windows = windowsOf(node);
  const [filters, channels, ...kernel] = intsOf(node, 'weight_shape') as [number, number, ...number[]];
  const [batch, , ...output] = fixedShape(dy) as [number, number, ...number[]];
  const positions = output.reduce((a, b) => a * b, batch);
  const perImage = builder.reshape(dy, [batch, filters, positions / batch]);
  const rows = builder.reshape(builder.transpose(perImage, [1, 0, 2]), [filters, positions]);

  const spatial = fixedShape(x).slice(1, -1);
  const reached = windows.map((w, i) => (output[i]! - 1) * w.stride + (w.kernel - 1) * w.dilation + 1);
  const after = windows.map((w, i) => Math.max(0, reached[i]! - w.before - spatial[i]!));
  const padded = builder.pad(x, [0, ...windows.map((w) => w.before), 0, 0, ...after, 0]);
  const axes = windows.map((_, i) => i + 1);
  const strides = windows.map((w) => w.stride);
  const products = kernelPositions(windows).map((position) => {
    const starts = windows.map((w, i) => position[i]! * w.dilation);
    const ends = starts.map((start, i) => start + (output[i]! - 1) * strides[i]! + 1);
    const whole = starts.every((s, i) => s === 0 && strides[i] === 1 && ends[i] === padded.shape[i + 1]);
    const met = whole ? padded : builder.slice(padded, starts, ends, axes, strides);
    const product = builder.matMul(rows, builder.reshape(met, [positions, channels]));
    return builder.reshape(product, [filters, channels, 1]);
  });
  return builder.reshape(builder.concat(products, 2), [filters, channels, ...kernel]);
}

export const CONV_WEIGHT: Lowerings = { ConvWeightGradient: convWeightGradient };
