import {
  type Attributes,
  float32,
  int,
  intAttribute,
  ints,
  intsAttribute,
  str,
} from '../../../../core/graph/index.ts';
import { channelsLast, identity } from '../permutation.ts';
import type { Rule, Rules, Site } from '../rule.ts';
import type { TfValue } from '../tf-builder.ts';
import { countOf, isSame, isUnpadded, type Window, windowsOf } from '../windows.ts';

/** [N, h, w, C] of an image, or of a row with an h of 1, with a window an axis. */
interface Pooling {
  readonly x: TfValue;
  readonly windows: readonly [Window, Window];
  /** The result, h of 1 taken away again. */
  finish(y: TfValue): ReturnType<Rule>;
}

function poolingOf(s: Site): Pooling {
  const rank = s.rank(0);
  if (rank !== 3 && rank !== 4) throw s.unsupported(`it goes over ${rank - 2} spatial axes, not one or two`);
  const perm = channelsLast(rank);
  const windows = windowsOf(s, intsAttribute(s.node, 'kernel_shape'));
  if (rank === 4)
    return {
      x: s.as(0, perm),
      windows: windows as [Window, Window],
      finish: (value) => [[{ perm, value }]],
    };
  const single: Window = { kernel: 1, stride: 1, dilation: 1, before: 0, after: 0, padded: 0, size: 1 };
  return {
    x: s.tf.op('ExpandDims', [s.as(0, perm), s.tf.scalar(1, 'int32')]),
    windows: [single, windows[0]!],
    finish: (y) => [[{ perm, value: s.tf.op('Squeeze', [y], { squeeze_dims: ints([1]) }) }]],
  };
}

const attributes = (windows: readonly Window[], padding: 'SAME' | 'VALID'): Attributes => ({
  ksize: ints([1, ...windows.map((w) => w.kernel), 1]),
  strides: ints([1, ...windows.map((w) => w.stride), 1]),
  padding: str(padding),
  data_format: str('NHWC'),
});

const paddings = (s: Site, windows: readonly Window[]): TfValue =>
  s.tf.integers([0, 0, ...windows.flatMap((w) => [w.before, w.after]), 0, 0], [4, 2]);

const maxPool: Rule = (s) => {
  if ((s.node.outputs[1] ?? '') !== '') throw s.unsupported('its indices are read');
  const { x, windows, finish } = poolingOf(s);
  const dilated = windows.some((w) => w.dilation > 1);
  if (!dilated && isUnpadded(windows)) return finish(s.tf.op('MaxPool', [x], attributes(windows, 'VALID')));
  if (!dilated && isSame(windows)) return finish(s.tf.op('MaxPool', [x], attributes(windows, 'SAME')));
  // A number below all others, so that padding is never the largest.
  const lowest = s.tf.scalar(Number.NEGATIVE_INFINITY);
  const padded = isUnpadded(windows) ? x : s.tf.op('PadV2', [x, paddings(s, windows), lowest]);
  return finish(
    dilated ? largestTap(s, padded, windows) : s.tf.op('MaxPool', [padded], attributes(windows, 'VALID')),
  );
};

/** TensorFlow.js cannot load a dilated pooling: the largest of what each position of the window meets. */
function largestTap(s: Site, padded: TfValue, windows: readonly [Window, Window]): TfValue {
  const [h, w] = windows;
  const [rows, columns] = windows.map(countOf);
  if (rows === undefined || columns === undefined)
    throw s.unsupported('its dilation needs the size of the input, which is open');
  const taps = Array.from({ length: h.kernel * w.kernel }, (_, i) => {
    const top = Math.floor(i / w.kernel) * h.dilation;
    const left = (i % w.kernel) * w.dilation;
    const end = [top + (rows - 1) * h.stride + 1, left + (columns - 1) * w.stride + 1];
    return s.tf.op(
      'StridedSlice',
      [
        padded,
        s.tf.integers([0, top, left, 0]),
        s.tf.integers([0, ...end, 0]),
        s.tf.integers([1, h.stride, w.stride, 1]),
      ],
      { begin_mask: int(9), end_mask: int(9) },
    );
  });
  return taps.reduce((a, b) => s.tf.op('Maximum', [a, b]));
}

/**
 * TensorFlow's average leaves padding out of the count. Where ONNX counts it, or where the padding is not TensorFlow's:
 * the average over windows of the padded image, times the size of the window over what counts.
 */
const averagePool: Rule = (s) => {
  const { x, windows, finish } = poolingOf(s);
  if (windows.some((w) => w.dilation > 1))
    throw s.unsupported('TensorFlow.js has no dilated average pooling');
  if (isUnpadded(windows)) return finish(s.tf.op('AvgPool', [x], attributes(windows, 'VALID')));
  const counted = intAttribute(s.node, 'count_include_pad') === 1;
  if (!counted && isSame(windows)) return finish(s.tf.op('AvgPool', [x], attributes(windows, 'SAME')));
  const padded = s.tf.op('Pad', [x, paddings(s, windows)]);
  const mean = s.tf.op('AvgPool', [padded], attributes(windows, 'VALID'));
  const [h, w] = windows.map((window) => countsOf(s, window, counted)) as [number[], number[]];
  const size = windows[0].kernel * windows[1].kernel;
  const factors = h.flatMap((rows) => w.map((columns) => size / (rows * columns)));
  if (factors.every((factor) => factor === 1)) return finish(mean);
  return finish(s.tf.op('Mul', [mean, s.tf.constant(float32(factors, [1, h.length, w.length, 1]))]));
};

/** How many elements of each window count along an axis. */
function countsOf(s: Site, window: Window, counted: boolean): number[] {
  const { size, kernel, stride, before, padded } = window;
  if (size === undefined) throw s.unsupported('its padding needs the size of the input, which is open');
  const [begin, end] = counted ? [0, before + size + padded] : [before, before + size];
  return Array.from({ length: countOf(window)! }, (_, i) => {
    const from = i * stride;
    return Math.min(from + kernel, end) - Math.max(from, begin);
  });
}

/** Sizes of 1 stay where the spatial axes were, wherever the channels are. */
const globalPool =
  (op: 'Mean' | 'Max'): Rule =>
  (s) => {
    const rank = s.rank(0);
    const order = s.order(0);
    const perm = order.every((axis, i) => axis === channelsLast(rank)[i]) ? order : identity(rank);
    const axes = perm.flatMap((axis, i) => (axis > 1 ? [i] : []));
    return [[{ perm, value: s.tf.op(op, [s.as(0, perm), s.tf.integers(axes)], { keep_dims: int(1) }) }]];
  };

export const POOLING: Rules = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalPool('Mean'),
  GlobalMaxPool: globalPool('Max'),
};
