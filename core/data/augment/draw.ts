/**
 * What happens to one image, drawn. It is a pure function of (seed, epoch, index), so a resumed run draws what the unbroken
 * one would have drawn. The crop is torchvision's RandomResizedCrop: up to 10 tries of an area and a log-uniform aspect
 * ratio, then the largest window that fits.
 */
import { type RandomStream, randomStream } from '../random.ts';
import type { Change, Corners } from './change.ts';
import type { AugmentOptions } from './options.ts';

/** Rejected windows are drawn again at most this often (torchvision). */
const TRIES = 10;

/** The draws for one image in one epoch; they become a window once the image's size is known. */
export interface Augmentation {
  readonly flip: boolean;
  readonly windows: readonly Draw[] | undefined;
  readonly ratio: readonly [number, number];
  /** What happens to the decoded pixels, in this order. */
  readonly changes: readonly Change[];
}

/** area: share of the image; aspect: relative; x, y in [0, 1): place within the room left. */
interface Draw {
  readonly area: number;
  readonly aspect: number;
  readonly x: number;
  readonly y: number;
}

/**
 * @param epoch or the number of a view.
 * @param image what tells the image from others: its position in the data, or its hash.
 */
export function drawAugmentation(
  options: AugmentOptions,
  seed: number,
  epoch: number,
  image: number | string,
): Augmentation {
  const stream = randomStream(seed, 'augment', epoch, image);
  const flip = stream.uniform() < options.flip;
  const { scale, ratio } = options;
  const windows =
    scale &&
    Array.from({ length: TRIES }, () => ({
      area: between(stream, scale),
      aspect: Math.exp(between(stream, [Math.log(ratio[0]), Math.log(ratio[1])])),
      x: stream.uniform(),
      y: stream.uniform(),
    }));
  const streamOf = (part: string): RandomStream => randomStream(seed, 'augment', part, epoch, image);
  const changes = [
    ...drawWarp(options, streamOf),
    ...drawJitter(options, streamOf('jitter')),
    ...drawBlur(options, streamOf('blur')),
    ...drawNoise(options, streamOf('noise')),
    ...drawErasing(options, streamOf('erase')),
  ];
  return { flip, windows, ratio, changes };
}

function between({ uniform }: RandomStream, [low, high]: readonly [number, number]): number {
  return low + (high - low) * uniform();
}

function* drawWarp(
  { rotate = 0, perspective }: AugmentOptions,
  streamOf: (part: string) => RandomStream,
): Generator<Change> {
  const degrees = rotate > 0 ? between(streamOf('rotate'), [-rotate, rotate]) : 0;
  let corners: Corners | undefined;
  if (perspective) {
    const stream = streamOf('perspective');
    if (stream.uniform() < perspective.probability) {
      const inwards = (): number => (stream.uniform() * perspective.distortion) / 2;
      corners = Array.from({ length: 4 }, () => [inwards(), inwards()] as const) as unknown as Corners;
    }
  }
  if (degrees !== 0 || corners) yield { kind: 'warp', degrees, corners };
}

function* drawJitter({ jitter }: AugmentOptions, stream: RandomStream): Generator<Change> {
  if (!jitter) return;
  const factor = (x: number): number => between(stream, [Math.max(0, 1 - x), 1 + x]);
  const { brightness, contrast, saturation, hue } = jitter;
  const changes: Change[] = [];
  if (brightness > 0) changes.push({ kind: 'brightness', factor: factor(brightness) });
  if (contrast > 0) changes.push({ kind: 'contrast', factor: factor(contrast) });
  if (saturation > 0) changes.push({ kind: 'saturation', factor: factor(saturation) });
  if (hue > 0) changes.push({ kind: 'hue', turn: between(stream, [-hue, hue]) });
  yield* stream.shuffle(changes);
}

function* drawBlur({ blur }: AugmentOptions, stream: RandomStream): Generator<Change> {
  if (blur && stream.uniform() < blur.probability) yield { kind: 'blur', sigma: between(stream, blur.sigma) };
}

function* drawNoise({ noise }: AugmentOptions, stream: RandomStream): Generator<Change> {
  if (!noise || stream.uniform() >= noise.probability) return;
  yield { kind: 'noise', deviation: between(stream, [0, noise.deviation]), seed: stream.bits() };
}

/** torchvision's bounds of a rectangle's aspect ratio. */
const ERASED_RATIO = [0.3, 1 / 0.3] as const;

function* drawErasing({ erase }: AugmentOptions, stream: RandomStream): Generator<Change> {
  if (!erase || stream.uniform() >= erase.probability) return;
  const [low, high] = ERASED_RATIO;
  yield {
    kind: 'erase',
    area: between(stream, erase.area),
    aspect: Math.exp(between(stream, [Math.log(low), Math.log(high)])),
    x: stream.uniform(),
    y: stream.uniform(),
  };
}
