/**
 * Random flip and random resized crop. What happens to an image is a pure function of (seed, epoch, index), so a resumed
 * run draws what the unbroken one would have drawn. The crop is torchvision's RandomResizedCrop: up to 10 tries of an area
 * and a log-uniform aspect ratio, then the largest window that fits.
 */
import { randomStream } from './random.ts';

export interface AugmentOptions {
  /** Probability of a mirror image; 0 where left and right mean something (letters, signs). */
  readonly flip: number;
  /** Smallest and largest share of the image's area; undefined for no random crop. */
  readonly scale: readonly [number, number] | undefined;
  /** Smallest and largest aspect ratio of the window, relative to the model's input. */
  readonly ratio: readonly [number, number];
}

/**
 * torchvision's default, 0.08 to 1, is for training from nothing: a fine-tuned model knows its features already, and a
 * twelfth of a picture often does not show what its label says.
 */
export const DEFAULT_AUGMENT: AugmentOptions = { flip: 0.5, scale: [0.5, 1], ratio: [3 / 4, 4 / 3] };

/** Rejected windows are drawn again at most this often (torchvision). */
const TRIES = 10;

/** The draws for one image in one epoch; they become a window once the image's size is known. */
export interface Augmentation {
  readonly flip: boolean;
  readonly windows: readonly Draw[] | undefined;
  readonly ratio: readonly [number, number];
}

/** area: share of the image; aspect: relative; x, y in [0, 1): place within the room left. */
interface Draw {
  readonly area: number;
  readonly aspect: number;
  readonly x: number;
  readonly y: number;
}

export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function drawAugmentation(
  options: AugmentOptions,
  seed: number,
  epoch: number,
  index: number,
): Augmentation {
  const stream = randomStream(seed, 'augment', epoch, index);
  const flip = stream.uniform() < options.flip;
  const { scale, ratio } = options;
  if (!scale) return { flip, windows: undefined, ratio };
  const between = (low: number, high: number) => low + (high - low) * stream.uniform();
  const windows = Array.from({ length: TRIES }, () => ({
    area: between(scale[0], scale[1]),
    aspect: Math.exp(between(Math.log(ratio[0]), Math.log(ratio[1]))),
    x: stream.uniform(),
    y: stream.uniform(),
  }));
  return { flip, windows, ratio };
}

/**
 * @param aspect width / height that the window has at ratio 1: the input's where pixels keep their shape, the image's own
 * where the model sees stretched images.
 * @returns whole pixels inside the image, or undefined without a random crop.
 */
export function cropWindow(
  augmentation: Augmentation,
  width: number,
  height: number,
  aspect: number,
): Window | undefined {
  if (!augmentation.windows) return undefined;
  for (const draw of augmentation.windows) {
    const area = width * height * draw.area;
    const w = Math.round(Math.sqrt(area * draw.aspect * aspect));
    const h = Math.round(Math.sqrt(area / (draw.aspect * aspect)));
    if (w > 0 && w <= width && h > 0 && h <= height)
      return {
        left: Math.floor(draw.x * (width - w + 1)),
        top: Math.floor(draw.y * (height - h + 1)),
        width: w,
        height: h,
      };
  }
  const [low, high] = augmentation.ratio;
  const nearest = Math.min(Math.max(width / height, low * aspect), high * aspect);
  const w = Math.max(1, Math.min(width, Math.round(height * nearest)));
  const h = Math.max(1, Math.min(height, Math.round(width / nearest)));
  return { left: (width - w) >> 1, top: (height - h) >> 1, width: w, height: h };
}
