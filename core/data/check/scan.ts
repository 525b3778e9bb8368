/** What a look at each image finds, a few at a time, with no more than a thumbnail of any in memory. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { MarnetError } from '../../errors.ts';
import { imageSize, loadImage } from '../images.ts';
import type { Preprocess } from '../preprocess.ts';
import type { Sample } from '../sample.ts';
import { HASHED_SIDE, type PerceptualHash, perceptualHash } from './perceptual-hash.ts';

export interface ScannedImage {
  readonly sample: Sample;
  /** SHA-256 of the file. */
  readonly sha256: string;
  /** As it is seen, turned upright. */
  readonly width: number;
  readonly height: number;
  readonly hash: PerceptualHash;
  /** 8 x 8 RGB, 0 to 255. */
  readonly thumbnail: Uint8Array;
}

/** An image that cannot be decoded, and why. */
export interface UnreadableImage {
  readonly id: string;
  readonly reason: string;
}

export interface Scan {
  readonly images: readonly ScannedImage[];
  readonly unreadable: readonly UnreadableImage[];
}

/** How the images are opened. */
export interface ScanOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called as images are opened. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Images in hand at a time: enough to keep libuv's threads busy while one is being hashed. */
const AT_A_TIME = 12;
const THUMBNAIL = 8;

/** Decoded as training decodes, so that what is unreadable here is left out there. */
const SMALL: Preprocess = {
  width: HASHED_SIDE,
  height: HASHED_SIDE,
  layout: 'NCHW',
  channels: 'RGB',
  resize: 'stretch',
  resizeTo: HASHED_SIDE,
  interpolation: 'bilinear',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

export async function scanImages(samples: readonly Sample[], options: ScanOptions = {}): Promise<Scan> {
  const { signal, onProgress } = options;
  const found = new Array<ScannedImage | undefined>(samples.length);
  const failed = new Map<number, UnreadableImage>();
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < samples.length) {
      signal?.throwIfAborted();
      const position = next++;
      const sample = samples[position]!;
      try {
        found[position] = await scanOne(sample);
      } catch (error) {
        if (!(error instanceof MarnetError)) throw error;
        failed.set(position, { id: sample.id, reason: error.message });
      }
      onProgress?.(++done, samples.length);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return {
    images: found.filter((image) => image !== undefined),
    unreadable: [...failed].sort(([a], [b]) => a - b).map(([, image]) => image),
  };
}

async function scanOne(sample: Sample): Promise<ScannedImage> {
  const [bytes, size, pixels] = await Promise.all([
    readFile(sample.file).catch(() => undefined), // decoding will tell
    imageSize(sample.file),
    loadImage(sample.file, SMALL),
  ]);
  const plane = HASHED_SIDE * HASHED_SIDE;
  const grey = Float32Array.from(
    { length: plane },
    (_, i) => 0.299 * pixels[i]! + 0.587 * pixels[plane + i]! + 0.114 * pixels[2 * plane + i]!,
  );
  return {
    sample,
    sha256: createHash('sha256')
      .update(bytes ?? '')
      .digest('hex'),
    ...size,
    hash: perceptualHash(grey),
    thumbnail: thumbnailOf(pixels),
  };
}

/** Means of 4 x 4 pixels, plane by plane. */
function thumbnailOf(pixels: Float32Array): Uint8Array {
  const step = HASHED_SIDE / THUMBNAIL;
  return Uint8Array.from({ length: 3 * THUMBNAIL * THUMBNAIL }, (_, at) => {
    const [plane, place] = [Math.floor(at / THUMBNAIL ** 2), at % THUMBNAIL ** 2];
    const [top, left] = [Math.floor(place / THUMBNAIL) * step, (place % THUMBNAIL) * step];
    let sum = 0;
    for (let y = 0; y < step; y++)
      for (let x = 0; x < step; x++)
        sum += pixels[plane * HASHED_SIDE ** 2 + (top + y) * HASHED_SIDE + left + x]!;
    return Math.round(sum / step ** 2);
  });
}
