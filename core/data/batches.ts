/**
 * Batches of images, decoded ahead. The images of the next batches are all handed to libuv's threads at once, each as one
 * task, because a consumer that blocks the main thread in a model's run could not hand over the next one; what waits in
 * memory are the resized 8-bit pixels, a quarter of the floats.
 */
import { setImmediate } from 'node:timers/promises';
import { MarnetError } from '../errors.ts';
import type { Augmentation } from './augment/index.ts';
import { decodeRaw, type FileAccess, type RawImage, rememberSize, type SizeMemory } from './decode.ts';
import { imageLength } from './image-length.ts';
import { imageWriter } from './normalise.ts';
import type { Preprocess } from './preprocess.ts';

export interface BatchOptions {
  readonly batch: number;
  /** Images in the hands of the decoder at most; default two batches and one image for each thread. */
  readonly concurrency?: number;
  /** The first image that cannot be decoded ends it with its error, instead of being skipped. */
  readonly strict?: boolean;
  /** Ends the iteration with the signal's reason. */
  readonly signal?: AbortSignal;
  /** What to do to the image at this position of the list. */
  readonly augment?: (position: number) => Augmentation | undefined;
  /** Shared between the epochs of a training, to read a large image's header once; images must not change meanwhile. */
  readonly sizes?: SizeMemory;
  /** Gives a file's bytes; Node's `readFile` unless told. */
  readonly read?: FileAccess['read'];
}

/** Decoded images, not yet the model's numbers. */
export interface RawBatch {
  readonly images: readonly RawImage[];
  /** Positions in the given list, one for each image. */
  readonly indices: readonly number[];
}

export interface RawBatches extends AsyncIterable<RawBatch> {
  /** Grows while the batches are read. */
  readonly skipped: readonly SkippedImage[];
}

export interface ImageBatch {
  /**
   * [batch, channels, height, width] (or NHWC); rows from `count` on are zero. Two arrays take turns: this one is
   * overwritten when the batch after the next is asked for.
   */
  readonly data: Float32Array;
  /** Positions in the given list, one for each of the `count` rows. */
  readonly indices: readonly number[];
  readonly count: number;
}

/** An image that could not be decoded, and why. */
export interface SkippedImage {
  readonly id: string;
  readonly position: number;
  readonly reason: string;
}

export interface ImageBatches extends AsyncIterable<ImageBatch> {
  /** Grows while the batches are read. */
  readonly skipped: readonly SkippedImage[];
}

/** Threads of libuv that may decode while another image's result is taken. */
const THREADS = 4;

/** Paths, or anything that has an id and a file. */
export type ImageList = readonly (string | { readonly id: string; readonly file: string })[];

/**
 * All images of the list in its order, in full batches but for the last; a file that cannot be decoded is left out and the
 * next one takes its row. May be iterated once.
 * @throws MarnetError 'image' while iterating when `strict`; the signal's reason when aborted.
 */
export function imageBatches(images: ImageList, preprocess: Preprocess, options: BatchOptions): ImageBatches {
  const { skipped, ...raw } = rawBatches(images, preprocess, options);
  const batches = writeBatches(raw, preprocess, options.batch);
  return { skipped, [Symbol.asyncIterator]: () => batches };
}

/** As `imageBatches`, but the images as they are decoded: [height, width, 3], 8 bits. */
export function rawBatches(images: ImageList, preprocess: Preprocess, options: BatchOptions): RawBatches {
  const skipped: SkippedImage[] = [];
  const batches = decodeBatches(images, preprocess, options, skipped);
  return { skipped, [Symbol.asyncIterator]: () => batches };
}

async function* writeBatches(
  batches: AsyncIterable<RawBatch>,
  preprocess: Preprocess,
  batch: number,
): AsyncGenerator<ImageBatch, void, undefined> {
  const length = imageLength(preprocess);
  const write = imageWriter(preprocess);
  const ring = [new Float32Array(batch * length), new Float32Array(batch * length)];
  let turn = 0;
  for await (const { images, indices } of batches) {
    const data = ring[turn]!;
    images.forEach((image, row) => {
      write(image, data, row * length);
    });
    data.fill(0, images.length * length);
    yield { data, indices, count: images.length };
    turn = 1 - turn;
  }
}

type Decoded = { readonly raw: RawImage } | { readonly error: unknown };

async function* decodeBatches(
  images: ImageList,
  preprocess: Preprocess,
  options: BatchOptions,
  skipped: SkippedImage[],
): AsyncGenerator<RawBatch, void, undefined> {
  const { batch, strict = false, signal, augment, sizes = new Map(), read } = options;
  if (!Number.isInteger(batch) || batch < 1) throw new RangeError(`a batch of ${batch} images`);
  const ahead = Math.max(1, options.concurrency ?? 2 * batch + THREADS);
  const pending: Promise<Decoded>[] = [];
  let submitted = 0;
  let measured = 0;
  const submit = () => {
    // Large images cannot be decoded without their header. Once there was one, headers are read a good deal earlier than
    // pixels: a decoding must not wait for a header while the main thread is busy.
    const headers = sizes.size > 0 ? Math.min(images.length, submitted + 2 * ahead) : 0;
    for (measured = Math.max(measured, submitted); measured < headers; measured++)
      rememberSize(fileOf(images[measured]!), sizes);
    while (pending.length < ahead && submitted < images.length) {
      const position = submitted++;
      const decoding = decodeRaw(fileOf(images[position]!), preprocess, augment?.(position), { sizes, read });
      // Settled either way, so that an image decoded ahead never raises an unhandled rejection.
      pending.push(
        decoding.then(
          (raw) => ({ raw }),
          (error: unknown) => ({ error }),
        ),
      );
    }
  };

  let decodedImages: RawImage[] = [];
  let indices: number[] = [];
  for (let position = 0; position < images.length; position++) {
    signal?.throwIfAborted();
    submit();
    const decoded = await pending.shift()!;
    signal?.throwIfAborted();
    if ('error' in decoded) {
      if (strict || !(decoded.error instanceof MarnetError)) throw decoded.error;
      skipped.push({ id: idOf(images[position]!), position, reason: decoded.error.message });
      continue;
    }
    decodedImages.push(decoded.raw);
    indices.push(position);
    if (indices.length === batch) {
      submit();
      // One turn of the event loop, so that headers read meanwhile become decodings before the consumer blocks it.
      await setImmediate();
      yield { images: decodedImages, indices };
      decodedImages = [];
      indices = [];
    }
  }
  if (indices.length > 0) yield { images: decodedImages, indices };
}

function fileOf(image: ImageList[number]): string {
  return typeof image === 'string' ? image : image.file;
}

function idOf(image: ImageList[number]): string {
  return typeof image === 'string' ? image : image.id;
}
