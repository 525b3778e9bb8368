/**
 * Mixup and CutMix, as torchvision has them: a whole batch is mixed with itself, moved on by one row, and one share l is
 * drawn for the batch.
 *   mixup   x = l x_i + (1 - l) x_(i-1),                     l ~ Beta(a, a)
 *   cutmix  x = x_(i-1) within a rectangle of area 1 - l, x_i outside
 * Labels, and texts, which are weights of words, become l y_i + (1 - l) y_(i-1).
 */
import type { Preprocess } from '../preprocess.ts';
import { type RandomStream, randomStream } from '../random.ts';
import type { AugmentOptions } from './options.ts';

export interface Mixing {
  /** l: how much of a row is its own. */
  readonly share: number;
  /** The part of each image that comes from the other, in shares of the sides; undefined where everything is mixed. */
  readonly box: readonly [left: number, top: number, right: number, bottom: number] | undefined;
}

/** Row of the image that row `row` of `count` is mixed with. */
export function partnerOf(row: number, count: number): number {
  return (row + count - 1) % count;
}

/**
 * What is done to a batch: a function of seed, epoch and step alone. Where both are asked for, one of them is taken, as
 * often as the other.
 * @param size of the model's input, so that the share is that of whole pixels.
 * @returns undefined where the batch stays as it is.
 */
export function drawMixing(
  options: AugmentOptions,
  size: Pick<Preprocess, 'width' | 'height'>,
  seed: number,
  epoch: number,
  step: number,
): Mixing | undefined {
  const { mixup, cutmix } = options;
  if (!mixup && !cutmix) return undefined;
  const stream = randomStream(seed, 'mixing', epoch, step);
  const second = cutmix && (!mixup || stream.uniform() < 0.5);
  const { alpha, probability } = second ? cutmix : mixup!;
  if (stream.uniform() >= probability) return undefined;
  const share = beta(stream, alpha);
  return second ? boxOf(stream, size, share) : { share, box: undefined };
}

/** A rectangle of the image's own shape around a point anywhere in it; what lies outside is cut off. */
function boxOf(
  { int }: RandomStream,
  { width, height }: Pick<Preprocess, 'width' | 'height'>,
  share: number,
): Mixing {
  const [x, y] = [int(width), int(height)];
  const half = 0.5 * Math.sqrt(1 - share);
  const [halfWidth, halfHeight] = [Math.trunc(half * width), Math.trunc(half * height)];
  const left = Math.max(0, x - halfWidth);
  const right = Math.min(width, x + halfWidth);
  const top = Math.max(0, y - halfHeight);
  const bottom = Math.min(height, y + halfHeight);
  const area = ((right - left) * (bottom - top)) / (width * height);
  return { share: 1 - area, box: [left / width, top / height, right / width, bottom / height] };
}

/** Beta(a, a) as X / (X + Y) of two Gammas. */
function beta(stream: RandomStream, alpha: number): number {
  const [x, y] = [logGamma(stream, alpha), logGamma(stream, alpha)];
  return 1 / (1 + Math.exp(y - x));
}

/**
 * Logarithm of a Gamma(a, 1) draw (Marsaglia and Tsang 2000); for a < 1 as Gamma(a + 1) u^(1/a), in logarithms because
 * small a give numbers below the least float.
 */
function logGamma({ normal, uniform }: RandomStream, alpha: number): number {
  const boost = alpha < 1 ? Math.log(1 - uniform()) / alpha : 0;
  const d = (alpha < 1 ? alpha + 1 : alpha) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v))
      return Math.log(d * v) + boost;
  }
}

/**
 * Mixes the images of a batch in place. On the model's numbers this is the same as on pixels, as they are linear in them.
 * @param pixels [count, ...] in the layout of the preprocessing.
 */
export function mixImages(pixels: Float32Array, count: number, p: Preprocess, { share, box }: Mixing): void {
  const length = pixels.length / count;
  const before = pixels.slice();
  for (let row = 0; row < count; row++) {
    const own = row * length;
    const other = partnerOf(row, count) * length;
    if (box) {
      for (const [from, to] of runsOf(p, length, box))
        pixels.set(before.subarray(other + from, other + to), own + from);
    } else {
      for (let i = 0; i < length; i++)
        pixels[own + i] = share * before[own + i]! + (1 - share) * before[other + i]!;
    }
  }
}

/** The stretches of memory that a rectangle covers within an image. */
function* runsOf(
  { width, height, layout }: Preprocess,
  length: number,
  box: NonNullable<Mixing['box']>,
): Generator<readonly [number, number]> {
  const channels = length / (width * height);
  const [planes, values] = layout === 'NCHW' ? [channels, 1] : [1, channels];
  const [left, top] = [Math.round(box[0] * width), Math.round(box[1] * height)];
  const [right, bottom] = [Math.round(box[2] * width), Math.round(box[3] * height)];
  for (let plane = 0; plane < planes; plane++)
    for (let y = top; y < bottom; y++) {
      const line = (plane * height + y) * width;
      yield [(line + left) * values, (line + right) * values];
    }
}
