/**
 * Resize of images: by TensorFlow's ops where their sampling points are ONNX's, else by picking rows and columns
 * (nearest), or by a product with the matrix of weights along each axis.
 */
import { isSmoothed, type Resampling, resamplingRows } from '../../../../core/grad/resample.ts';
import {
  float32,
  floatAttribute,
  int,
  intAttribute,
  intsAttribute,
  stringAttribute,
} from '../../../../core/graph/index.ts';
import { channelsLast } from '../permutation.ts';
import type { Rule, Rules, Site } from '../rule.ts';
import type { TfValue } from '../tf-builder.ts';

const resize: Rule = (s) => {
  const rank = s.rank(0);
  const [n, c, h, w] = s.dims(0);
  const to = s.outDims();
  if (rank !== 4 || to[0] !== n || to[1] !== c || typeof h !== 'number' || typeof w !== 'number')
    throw s.unsupported('it resizes something else than the height and width of images of fixed size');
  const [height, width] = to.slice(2) as [number, number];
  const perm = channelsLast(4);
  const x = s.as(0, perm);
  if (height === h && width === w) return [[{ perm, value: x }]];
  const axes = [resamplingOf(s, 2, h, height), resamplingOf(s, 3, w, width)] as const;
  return [[{ perm, value: ownOp(s, x, axes) ?? resampled(s, x, axes) }]];
};

function resamplingOf(s: Site, axis: number, from: number, to: number): Resampling {
  const { node } = s;
  const axes = intsAttribute(node, 'axes', undefined)?.map((a) => s.axis(a, 4)) ?? [0, 1, 2, 3];
  const place = axes.indexOf(axis);
  const scales = s.has(2) ? s.known(2) : undefined;
  const region = s.has(1) ? (s.known(1) ?? []) : [];
  const mode = stringAttribute(node, 'mode');
  return {
    from,
    to,
    scale: scales && scales.length > 0 && place >= 0 ? scales[place]! : to / from,
    mode: mode === 'linear' || mode === 'cubic' ? mode : 'nearest',
    coordinates: stringAttribute(node, 'coordinate_transformation_mode'),
    nearest: stringAttribute(node, 'nearest_mode'),
    cubic: floatAttribute(node, 'cubic_coeff_a'),
    excludeOutside: intAttribute(node, 'exclude_outside') === 1,
    antialias: intAttribute(node, 'antialias') === 1,
    region: place >= 0 ? [region[place] ?? 0, region[place + axes.length] ?? 1] : [0, 1],
  };
}

/** TensorFlow's op where it samples at the same points; undefined where it does not. */
function ownOp(s: Site, x: TfValue, axes: readonly [Resampling, Resampling]): TfValue | undefined {
  const emit = (op: string, align: boolean, half: boolean): TfValue =>
    s.tf.op(op, [x, s.tf.integers(axes.map((axis) => axis.to))], {
      align_corners: int(align ? 1 : 0),
      half_pixel_centers: int(half ? 1 : 0),
    });
  const { mode, coordinates, nearest } = axes[0];
  const isExact = axes.every((axis) => Math.abs(axis.to - axis.from * axis.scale) < 1e-4);
  const isLarger = axes.every((axis) => axis.to % axis.from === 0);
  if (mode === 'nearest')
    return coordinates === 'asymmetric' && nearest === 'floor' && isLarger && isExact
      ? emit('ResizeNearestNeighbor', false, false)
      : undefined;
  if (mode !== 'linear' || axes.some(isSmoothed)) return undefined;
  if (coordinates === 'align_corners') return emit('ResizeBilinear', true, false);
  if (!isExact) return undefined;
  if (coordinates === 'asymmetric') return emit('ResizeBilinear', false, false);
  const isHalfPixel =
    coordinates === 'half_pixel' ||
    coordinates === 'half_pixel_symmetric' ||
    (coordinates === 'pytorch_half_pixel' && axes.every((axis) => axis.to > 1));
  return isHalfPixel ? emit('ResizeBilinear', false, true) : undefined;
}

function resampled(s: Site, x: TfValue, axes: readonly [Resampling, Resampling]): TfValue {
  const [n, c] = s.dims(0);
  let value = x;
  axes.forEach((axis, i) => {
    const rows = resamplingRows(axis);
    if (rows.some((row) => row.size === 0) && floatAttribute(s.node, 'extrapolation_value') !== 0)
      throw s.unsupported('it fills what lies outside the image with a value');
    if (axis.mode === 'nearest' && rows.every((row) => row.size === 1)) {
      const picked = rows.map((row) => row.keys().next().value!);
      value = s.tf.op('GatherV2', [value, s.tf.integers(picked), s.tf.scalar(i + 1, 'int32')], {
        batch_dims: int(0),
      });
      return;
    }
    const weights = new Float32Array(axis.to * axis.from);
    rows.forEach((row, o) => {
      for (const [place, weight] of row) weights[o * axis.from + place] = weight;
    });
    const matrix = s.tf.constant(float32(weights, [1, axis.to, axis.from]));
    const [rowsNow, columnsNow] = [i === 0 ? axes[0].from : axes[0].to, axes[1].from];
    const flat =
      i === 0
        ? s.reshape(value, [n!, rowsNow, columnsNow * (c as number)])
        : s.reshape(value, [-1, columnsNow, c!]);
    const product = s.tf.op('BatchMatMulV2', [matrix, flat]);
    value = s.reshape(product, i === 0 ? [n!, axis.to, columnsNow, c!] : [n!, rowsNow, axis.to, c!]);
  });
  return value;
}

export const RESIZE: Rules = { Resize: resize };
