import {
  type Attributes,
  int,
  intAttribute,
  ints,
  intsAttribute,
  str,
  stringAttribute,
} from '../../../../core/graph/index.ts';
import { channelsLast } from '../permutation.ts';
import type { Rule, Rules, Site } from '../rule.ts';
import type { TfValue } from '../tf-builder.ts';
import { isSame, isUnpadded, type Window, windowsOf } from '../windows.ts';

/** From [O, I, h, w] to TensorFlow's [h, w, I, O]. */
const KERNEL = [2, 3, 1, 0];

/** Two windows: an axis of length 1 is put in front of the only spatial axis of a 1-D convolution. */
const planar = (windows: readonly Window[]): readonly Window[] =>
  windows.length === 2
    ? windows
    : [{ kernel: 1, stride: 1, dilation: 1, before: 0, after: 0, padded: 0, size: 1 }, ...windows];

function paddingAttributes(windows: readonly Window[]): Attributes {
  if (isUnpadded(windows)) return { padding: str('VALID') };
  // The wasm backend (4.22) pads wrongly for SAME where windows leave gaps.
  const hasGaps = windows.some((w) => w.stride > (w.kernel - 1) * w.dilation + 1);
  if (isSame(windows) && !hasGaps) return { padding: str('SAME') };
  const [h, w] = windows as [Window, Window];
  return {
    padding: str('EXPLICIT'),
    explicit_paddings: ints([0, 0, h.before, h.after, w.before, w.after, 0, 0]),
  };
}

interface Convolution {
  readonly s: Site;
  /** [N, h, w, C] */
  readonly x: TfValue;
  readonly windows: readonly Window[];
}

/** TensorFlow.js has either strides or dilations: with both, every position is computed and then some are taken. */
function windowed({ s, x, windows }: Convolution, op: string, kernel: TfValue): TfValue {
  const strides = windows.map((w) => w.stride);
  const dilations = windows.map((w) => w.dilation);
  const both = strides.some((d) => d > 1) && dilations.some((d) => d > 1);
  const run = both ? windows.map((w) => ({ ...w, stride: 1 })) : windows;
  const y = s.tf.op(op, [x, kernel], {
    strides: ints([1, ...run.map((w) => w.stride), 1]),
    dilations: ints([1, ...dilations, 1]),
    data_format: str('NHWC'),
    ...paddingAttributes(run),
  });
  if (!both) return y;
  return s.tf.op(
    'StridedSlice',
    [y, s.tf.integers([0, 0, 0, 0]), s.tf.integers([0, 0, 0, 0]), s.tf.integers([1, ...strides, 1])],
    { begin_mask: int(15), end_mask: int(15) },
  );
}

/** The kernel as [h, w, I, O]; that of a 1-D convolution gets an h of 1. */
function kernelOf(s: Site): TfValue {
  if (s.rank(1) === 4) return s.as(1, KERNEL);
  const [o, i, w] = s.shape(1) as [number, number, number];
  return s.reshape(s.as(1, [2, 1, 0]), [1, w, i, o]);
}

/** [O, 1, h, w] as [h, w, C, O / C]: output o is made of channel floor(o / multiplier). */
function depthwiseKernel(s: Site, channels: number): TfValue {
  const [o, , ...spatial] = s.shape(1) as [number, number, ...number[]];
  const kernel = s.as(1, s.rank(1) === 4 ? [2, 3, 1, 0] : [2, 1, 0]);
  const [h, w] = spatial.length === 2 ? spatial : [1, spatial[0]!];
  return s.reshape(kernel, [h!, w!, channels, o! / channels]);
}

/** TensorFlow.js has no grouped convolution: the last axes of input and kernel are split, the results put together. */
function inGroups(
  s: Site,
  groups: number,
  x: TfValue,
  width: number,
  kernel: TfValue,
  kernelWidth: number,
  one: (x: TfValue, kernel: TfValue) => TfValue,
): TfValue {
  if (groups === 1) return one(x, kernel);
  const axis = s.tf.scalar(3, 'int32');
  const split = (value: TfValue, size: number): readonly TfValue[] =>
    s.tf.ops(
      'SplitV',
      [value, s.tf.integers(new Array<number>(groups).fill(size)), axis],
      { num_split: int(groups) },
      groups,
    );
  const kernels = split(kernel, kernelWidth);
  const results = split(x, width).map((part, i) => one(part, kernels[i]!));
  return s.tf.op('ConcatV2', [...results, axis], { N: int(groups) });
}

const conv: Rule = (s) => {
  const rank = s.rank(0);
  if (rank !== 3 && rank !== 4) throw s.unsupported(`it goes over ${rank - 2} spatial axes, not one or two`);
  const [outputs, perGroup, ...kernelSize] = s.shape(1) as [number, number, ...number[]];
  const groups = intAttribute(s.node, 'group');
  const windows = planar(windowsOf(s, kernelSize));
  const given = s.as(0, channelsLast(rank));
  const x = rank === 4 ? given : s.tf.op('ExpandDims', [given, s.tf.scalar(1, 'int32')]);
  const site = { s, x, windows };
  let y: TfValue;
  if (groups === 1) y = windowed(site, 'Conv2D', kernelOf(s));
  else if (perGroup === 1) y = windowed(site, 'DepthwiseConv2dNative', depthwiseKernel(s, groups));
  else
    y = inGroups(s, groups, x, perGroup, kernelOf(s), outputs / groups, (part, kernel) =>
      windowed({ s, x: part, windows }, 'Conv2D', kernel),
    );
  if (s.has(2)) y = s.tf.op('BiasAdd', [y, s.natural(2)], { data_format: str('NHWC') });
  const value = rank === 4 ? y : s.tf.op('Squeeze', [y], { squeeze_dims: ints([1]) });
  return [[{ perm: channelsLast(rank), value }]];
};

/**
 * Along one axis of a transposed convolution: what the convolution that it is the gradient of pads before and after, and
 * how many positions at the end no element reaches.
 */
function transposedPadding(s: Site, axis: number, size: number, kernel: number, stride: number, out: number) {
  const full = (size - 1) * stride + kernel;
  const pads = s.node.attributes.output_shape ? undefined : intsAttribute(s.node, 'pads', undefined);
  const total = Math.max(full - out, 0);
  const upper = stringAttribute(s.node, 'auto_pad') === 'SAME_UPPER';
  const before = pads?.[axis] ?? (upper ? Math.floor(total / 2) : Math.ceil(total / 2));
  const missing = Math.max(out - (full - before), 0);
  return { before, after: full - before - out + missing, missing, reached: out - missing };
}

/** [I, O, h, w] as TensorFlow's [h, w, O, I]: the kernel of the convolution that this is the gradient of. */
const convTranspose: Rule = (s) => {
  if (s.rank(0) !== 4) throw s.unsupported(`it goes over ${s.rank(0) - 2} spatial axes, not two`);
  if (intsAttribute(s.node, 'dilations', [1]).some((d) => d !== 1))
    throw s.unsupported('TensorFlow.js has no dilated transposed convolution');
  const perm = channelsLast(4);
  const groups = intAttribute(s.node, 'group');
  const [inputs, perGroup, ...kernel] = s.shape(1) as [number, number, number, number];
  const strides = intsAttribute(s.node, 'strides', [1, 1]);
  const spatial = s.shape(0).slice(2);
  const [h, w] = s
    .outShape()
    .slice(2)
    .map((out, i) => transposedPadding(s, i, spatial[i]!, kernel[i]!, strides[i]!, out)) as [Padded, Padded];
  // Numbers as padding would do for TensorFlow.js' own backends, but libtensorflow's takes none here.
  const isPadded = h.before + h.after + w.before + w.after > 0;
  const padding = isPadded && isCentred([h, w], kernel, strides) ? 'SAME' : 'VALID';
  const cut = isPadded && padding === 'VALID';
  const attributes = {
    strides: ints([1, ...strides, 1]),
    dilations: ints([1, 1, 1, 1]),
    data_format: str('NHWC'),
    padding: str(padding),
  };
  const wholeOf = ({ reached, before, after }: Padded): number => reached + (cut ? before + after : 0);
  const batch = s.outDims()[0]!;
  const sizes = s.sizes([batch, wholeOf(h), wholeOf(w), perGroup]);
  const one = (x: TfValue, weights: TfValue): TfValue =>
    s.tf.op('Conv2DBackpropInput', [sizes, weights, x], attributes, 'float32');
  let y = inGroups(s, groups, s.as(0, perm), inputs / groups, s.as(1, KERNEL), inputs / groups, one);
  if (cut) {
    const begin = s.tf.integers([0, h.before, w.before, 0]);
    y = s.tf.op('Slice', [y, begin, s.tf.integers([-1, h.reached, w.reached, -1])]);
  }
  if (h.missing + w.missing > 0)
    y = s.tf.op('Pad', [y, s.tf.integers([0, 0, 0, h.missing, 0, w.missing, 0, 0], [4, 2])]);
  if (s.has(2)) y = s.tf.op('BiasAdd', [y, s.natural(2)], { data_format: str('NHWC') });
  return [[{ perm, value: y }]];
};

type Padded = ReturnType<typeof transposedPadding>;

/** Whether the convolution that this is the gradient of pads as TensorFlow's SAME does. */
function isCentred(axes: readonly Padded[], kernel: readonly number[], strides: readonly number[]): boolean {
  return isSame(
    axes.map(({ before, after, reached }, i) => {
      const common = { kernel: kernel[i]!, stride: strides[i]!, dilation: 1, size: reached };
      return { ...common, before, after, padded: after };
    }),
  );
}

export const CONVOLUTION: Rules = { Conv: conv, ConvTranspose: convTranspose };
