/**
 * From a file to the pixels that the model sees, as 8-bit RGB: sharp (libvips) decodes and turns on a thread of libuv,
 * which goes on while the main thread sits in a model's run. What is small is then flattened and resized here, as Pillow does it;
 * what is large sharp flattens and resizes as well, line by line, so that it is never in memory whole.
 *
 * Choices, all of them made to match what classifiers were trained with (Pillow and torchvision) unless said otherwise:
 * - The picture is turned upright by its EXIF orientation.
 * - Transparent parts become white. Grey becomes RGB. 16 bits become 8. CMYK becomes RGB through its profile.
 * - Embedded RGB profiles are ignored, as the usual training pipelines do.
 * - GIF, animated WebP and TIFF: the first frame or page.
 * - A large JPEG shrinks while it is decoded only by a factor that divides its sides and leaves at least twice the wanted size to
 *   the resampler; other formats do not. (Sides that are not divided are rounded up, and the picture is shifted by the rest.)
 * - Images that become larger are enlarged here, be they large; libvips' grid is half a pixel beside Pillow's.
 * - Errors in the data count, warnings do not: many cameras write files with harmless oddities.
 */
import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { MarnetError } from '../errors.ts';
import { type Augmentation, applyChanges, cropWindow } from './augment/index.ts';
import { onWhite } from './pixels/on-white.ts';
import { type Pixels, toByte } from './pixels/pixels.ts';
import type { Rectangle } from './pixels/rectangle.ts';
import { resample } from './pixels/resample.ts';
import { type ImageSize, MAX_RESIZED_SIDE, type Place, placeWhole } from './place.ts';
import type { Preprocess } from './preprocess.ts';

/** Images above this many pixels are refused before they are decoded: 16383 x 16383, sharp's own bound. */
export const MAX_PIXELS = 0x3fff * 0x3fff;

/**
 * Images of at most this many pixels (1024 x 768) are decoded whole and resized here. libvips takes about as long for images of
 * this size, and half as long again for those of 320 x 320: test/bench/resize.ts.
 */
const WHOLE_PIXELS = 3 * 2 ** 18;

// libvips keeps the last operations by file name, which would give an image's old pixels after it was changed; and each
// image is decoded once, so the cache never pays.
sharp.cache(false);

const KERNELS = {
  nearest: 'nearest',
  bilinear: 'linear',
  bicubic: 'cubic',
  lanczos: 'lanczos3',
} as const;

/** Pixels of the model's input. */
export interface RawImage extends Pixels {
  /** To be mirrored. */
  readonly flip: boolean;
}

export type { ImageSize } from './place.ts';

/**
 * Sizes of images that are too large to be decoded whole, by file: each epoch needs them. Those of all files from the first
 * of these on, where headers are read ahead.
 */
export type SizeMemory = Map<string, Promise<ImageSize>>;

/** Begins to read an image's header; whoever decodes it later finds the size, or the error. */
export function rememberSize(file: string, sizes: SizeMemory): Promise<ImageSize> {
  let size = sizes.get(file);
  if (!size) {
    size = sizeOf(file);
    size.catch(() => {});
    sizes.set(file, size);
  }
  return size;
}

/** How files are read, and what is remembered of them. */
export interface FileAccess {
  readonly sizes?: SizeMemory | undefined;
  /** Gives a file's bytes; Node's `readFile` unless told. Large images may be read by their path. */
  readonly read?: ((file: string) => Promise<Uint8Array>) | undefined;
}

/**
 * Decodes and resizes one image.
 * @param source a file's path or its bytes.
 * @throws MarnetError 'image' naming the file when it cannot be read or decoded, or is too large.
 */
export async function decodeRaw(
  source: string | Uint8Array,
  preprocess: Preprocess,
  augmentation?: Augmentation,
  access: FileAccess = {},
): Promise<RawImage> {
  try {
    const decoded = await decodePart(source, preprocess, augmentation, access);
    if (!augmentation) return { ...decoded, flip: false };
    const changed = await applyChanges(decoded, augmentation.changes, blankOf(preprocess));
    return { ...changed, flip: augmentation.flip };
  } catch (error) {
    throw imageError(source, error);
  }
}

/** The part of the image that the model sees; the header of a small one is not read apart. */
async function decodePart(
  source: string | Uint8Array,
  preprocess: Preprocess,
  augmentation: Augmentation | undefined,
  { sizes, read = readFile }: FileAccess,
): Promise<Pixels> {
  const ofSize = (from: string | Uint8Array, size: ImageSize): Promise<Pixels> =>
    decodeAt(from, size, placeWindow(size, preprocess, augmentation), preprocess);
  const known = typeof source === 'string' ? await sizes?.get(source) : undefined;
  if (known && !isSmall(known)) return ofSize(source, known);
  // sharp opens bytes sooner than files.
  const bytes = typeof source === 'string' ? await read(source) : source;
  const whole = await decodeSmall(bytes);
  if (whole) return resampleAt(whole, placeWindow(whole, preprocess, augmentation), preprocess);
  const size = await sizeOf(bytes);
  if (typeof source === 'string') sizes?.set(source, Promise.resolve(size));
  return ofSize(bytes, size);
}

const isSmall = ({ width, height }: ImageSize): boolean => width * height <= WHOLE_PIXELS;

/** All pixels, or undefined where they are more than `WHOLE_PIXELS`. */
async function decodeSmall(bytes: Uint8Array): Promise<Pixels | undefined> {
  try {
    return await decodeWhole(bytes, WHOLE_PIXELS);
  } catch (error) {
    if (isTooLarge(error)) return undefined;
    throw error;
  }
}

async function decodeWhole(source: string | Uint8Array, mostPixels = MAX_PIXELS): Promise<Pixels> {
  const { data, info } = await open(source, mostPixels).raw().toBuffer({ resolveWithObject: true });
  const image = { data, width: info.width, height: info.height };
  return info.channels === 4 ? onWhite(image) : image;
}

type InputSize = Pick<Preprocess, 'width' | 'height' | 'interpolation'>;

function resampleAt(image: Pixels, place: Place, { width, height, interpolation }: InputSize): Pixels {
  return resample(image, place, { left: place.left, top: place.top, width, height }, interpolation);
}

/** The part of an image of a known size, resized: by libvips while it is decoded where that is less work. */
export async function decodeAt(
  source: string | Uint8Array,
  size: ImageSize,
  place: Place,
  input: InputSize,
): Promise<Pixels> {
  const { width, height, interpolation } = input;
  const { left, top } = place;
  const enlarges = place.width > size.width || place.height > size.height;
  if (enlarges || isSmall(size)) return resampleAt(await decodeWhole(source), place, input);
  const shrink = decoderShrink(size, place);
  const divided = size.width % shrink === 0 && size.height % shrink === 0;
  // sharp decodes at full size what is cut out first, be it everything.
  const opened = divided ? open(source) : open(source).extract({ left: 0, top: 0, ...size });
  const resized = opened.flatten({ background: '#ffffff' }).resize(place.width, place.height, {
    fit: 'fill',
    kernel: KERNELS[interpolation],
    fastShrinkOnLoad: false,
  });
  const data = await resized.extract({ left, top, width, height }).raw().toBuffer();
  return { data, width, height };
}

/** The factor by which sharp has a JPEG shrink while it is decoded, without `fastShrinkOnLoad`. */
function decoderShrink(size: ImageSize, place: Place): number {
  const shrink = Math.min(size.width / place.width, size.height / place.height);
  return [8, 4, 2].find((factor) => shrink >= 2 * factor) ?? 1;
}

/** The colour nearest to what the model sees as 0. */
function blankOf({ channels, scale, mean }: Preprocess): [number, number, number] {
  const values = mean.map((each) => toByte(each / scale));
  const [first, second = first, third = first] = values as [number, number?, number?];
  return channels === 'BGR' ? [third, second, first] : [first, second, third];
}

/** Width and height of an image as it is seen (turned upright), from its header. @throws MarnetError 'image'. */
export async function imageSize(source: string | Uint8Array): Promise<ImageSize> {
  try {
    return await sizeOf(source);
  } catch (error) {
    throw imageError(source, error);
  }
}

function placeWindow(size: ImageSize, p: Preprocess, augmentation: Augmentation | undefined): Place {
  const aspect = p.resize === 'stretch' ? size.width / size.height : p.width / p.height;
  const window = augmentation && cropWindow(augmentation, size.width, size.height, aspect);
  if (window) return placeCrop(size, p, window);
  return placeWhole(size, p);
}

/**
 * The whole image is resized so that the window gets the input's size, then the window is cut out: libvips computes only
 * the pixels asked for, and unlike cutting first this may still shrink while decoding.
 */
function placeCrop(size: ImageSize, p: Preprocess, window: Rectangle): Place {
  const resized = (whole: number, part: number, wanted: number) =>
    Math.min(MAX_RESIZED_SIDE, Math.max(wanted, Math.round((whole * wanted) / part)));
  const width = resized(size.width, window.width, p.width);
  const height = resized(size.height, window.height, p.height);
  return {
    width,
    height,
    left: Math.min(width - p.width, Math.round((window.left * width) / size.width)),
    top: Math.min(height - p.height, Math.round((window.top * height) / size.height)),
  };
}

/** Upright, 8-bit RGB or RGBA; not decoded yet. */
function open(source: string | Uint8Array, mostPixels = MAX_PIXELS): Sharp {
  const limits = { failOn: 'error', limitInputPixels: mostPixels } as const;
  return sharp(source, { autoOrient: true, ignoreIcc: true, ...limits }).toColourspace('srgb');
}

/** As `imageSize`, with sharp's own errors. */
export async function sizeOf(source: string | Uint8Array): Promise<ImageSize> {
  const { autoOrient } = await sharp(source, { limitInputPixels: MAX_PIXELS }).metadata();
  return { width: autoOrient.width, height: autoOrient.height };
}

const isTooLarge = (error: unknown): boolean => /pixel limit/i.test(String(error));

/** Of a file that cannot be read. */
const isSystemError = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException | undefined)?.syscall !== undefined;

function imageError(source: string | Uint8Array, error: unknown): MarnetError {
  const name = typeof source === 'string' ? JSON.stringify(source) : `an image of ${source.length} bytes`;
  const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim();
  if (isTooLarge(error))
    return new MarnetError('image', `${name} has more than ${MAX_PIXELS} pixels`, {
      hint: 'Make it smaller, or leave it out.',
      cause: error,
    });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'EISDIR')
    return new MarnetError('image', `${name} is a folder, not an image`, {
      hint: 'Give the images in it, as in photos/*.jpg.',
      cause: error,
    });
  if (typeof source === 'string' && (/missing/i.test(reason) || isSystemError(error)))
    return new MarnetError('image', `${name} does not exist or cannot be read`, {
      hint: 'Check the path and the permissions.',
      cause: error,
    });
  return new MarnetError('image', `${name} cannot be decoded: ${reason}`, {
    hint: 'The file may be damaged, cut short, or no JPEG, PNG, WebP, TIFF, GIF or AVIF; replace it or leave it out.',
    cause: error,
  });
}
