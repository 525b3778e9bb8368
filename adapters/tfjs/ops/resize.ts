/**
 * Resizing of images [batch, height, width, channels]. Where TensorFlow reads output position i, from `in` to `out`:
 *   alignCorners      i * (in - 1) / (out - 1), nearest rounds it (halves up)
 *   halfPixelCenters  (i + 0.5) * in / out - 0.5, nearest takes floor((i + 0.5) * in / out)
 *   neither           i * in / out, nearest takes the floor
 */
import { MarnetError } from '../../../core/errors.ts';
import {
  type Dim,
  float32,
  type GraphBuilder,
  int64,
  type OperatorAttributes,
  str,
  type Value,
} from '../../../core/graph/index.ts';
import { toChannelsFirst, toChannelsLast } from './channels.ts';

export interface ResizeOptions {
  readonly alignCorners?: boolean;
  readonly halfPixelCenters?: boolean;
}

/**
 * @param size height and width of the result.
 * @throws MarnetError 'unsupported-model' where x's own size is not known.
 */
export function resize(
  b: GraphBuilder,
  kind: 'bilinear' | 'nearest',
  x: Value,
  size: readonly [number, number],
  options: ResizeOptions = {},
): Value {
  const from = x.shape.slice(1, 3);
  if (!isKnown(from))
    throw new MarnetError(
      'unsupported-model',
      `resizing to [${size}] from the size [${from}], which is not known`,
      {
        hint: 'Give the model fixed image sizes and convert it again.',
      },
    );
  if (size.every((s, i) => s === from[i])) return x;
  const whole = size.every((s, i) => s % from[i]! === 0);
  // By whole numbers ONNX Runtime picks the same elements; otherwise its rounding of i / scale may pick a neighbour.
  if (kind === 'nearest' && !(whole && !options.alignCorners))
    return gatherNearest(b, x, from, size, options);
  return toChannelsLast(b, resizeImages(b, kind, toChannelsFirst(b, x), size, whole, options));
}

/** Each pixel repeated: what Keras calls UpSampling2D with nearest. The size may be unknown. */
export function upsampleNearest(b: GraphBuilder, x: Value, factors: readonly [number, number]): Value {
  if (factors.every((f) => f === 1)) return x;
  const image = toChannelsFirst(b, x);
  const shape = image.shape.map((d, i) => (i < 2 ? d : typeof d === 'number' ? d * factors[i - 2]! : '?'));
  const scales = b.constant(float32([1, 1, ...factors]));
  const y = b.op('Resize', [image, undefined, scales], resizeAttributes('nearest', {}), {
    types: [{ dtype: x.dtype, shape }],
  });
  return toChannelsLast(b, y);
}

function resizeImages(
  b: GraphBuilder,
  kind: 'bilinear' | 'nearest',
  image: Value,
  size: readonly [number, number],
  whole: boolean,
  options: ResizeOptions,
): Value {
  const shape: Dim[] = [...image.shape.slice(0, 2), ...size];
  const attributes = resizeAttributes(kind, options);
  const types = [{ dtype: image.dtype, shape }];
  // A whole factor is exact as a scale, and leaves the batch open.
  if (whole) {
    const scales = size.map((s, i) => s / (image.shape[i + 2] as number));
    return b.op('Resize', [image, undefined, b.constant(float32([1, 1, ...scales]))], attributes, { types });
  }
  return b.op('Resize', [image, undefined, undefined, sizesOf(b, image, shape)], attributes, { types });
}

function resizeAttributes(
  kind: 'bilinear' | 'nearest',
  options: ResizeOptions,
): OperatorAttributes<'Resize'> {
  const coordinates = options.alignCorners
    ? 'align_corners'
    : options.halfPixelCenters
      ? 'half_pixel'
      : 'asymmetric';
  return {
    mode: str(kind === 'bilinear' ? 'linear' : 'nearest'),
    coordinate_transformation_mode: str(coordinates),
    ...(kind === 'nearest'
      ? { nearest_mode: str(coordinates === 'asymmetric' ? 'floor' : 'round_prefer_ceil') }
      : {}),
  };
}

/** The sizes as a value; a batch that is not known is read from the image as it runs. */
function sizesOf(b: GraphBuilder, image: Value, shape: readonly Dim[]): Value {
  if (isKnown(shape)) return b.integers(shape);
  const all = b.op('Shape', [image], {}, { types: [{ dtype: 'int64', shape: [4] }] });
  return b.concat([b.slice(all, [0], [2], [0]), b.constant(int64(shape.slice(2) as number[]))], 0);
}

function gatherNearest(
  b: GraphBuilder,
  x: Value,
  from: readonly number[],
  to: readonly number[],
  options: ResizeOptions,
): Value {
  return to.reduce((y, size, i) => {
    const length = from[i]!;
    if (size === length) return y;
    const indices = Array.from({ length: size }, (_, at) => nearestIndex(at, length, size, options));
    return b.gather(y, b.integers(indices), i + 1);
  }, x);
}

function nearestIndex(at: number, from: number, to: number, options: ResizeOptions): number {
  const { alignCorners = false, halfPixelCenters = false } = options;
  const scale = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  const position = scale * (halfPixelCenters ? at + 0.5 : at);
  return Math.max(0, Math.min(from - 1, alignCorners ? Math.round(position) : Math.floor(position)));
}

function isKnown(shape: readonly Dim[]): shape is readonly number[] {
  return shape.every((d) => typeof d === 'number');
}
