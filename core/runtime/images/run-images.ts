import type { Augmentation } from '../../data/augment/index.ts';
import { type BatchOptions, type ImageList, rawBatches, type SkippedImage } from '../../data/batches.ts';
import type { ImageOutputs } from './image-model.ts';
import type { ImageLanes } from './lanes.ts';

/** Images that each of libuv's threads may decode while the lanes have theirs. */
const AHEAD = 4;

export interface RunImagesOptions {
  /** The first image that cannot be decoded ends it with its error, instead of being skipped. */
  readonly strict?: boolean;
  /** Ends the iteration with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** What to do to the image at this position of the list. */
  readonly augment?: ((position: number) => Augmentation | undefined) | undefined;
  /** Gives a file's bytes; Node's `readFile` unless told. */
  readonly read?: BatchOptions['read'];
}

/** What a model makes of some of the images. */
export interface ImageResults {
  /** Positions in the list of images; row i of every output is of indices[i]. */
  readonly indices: readonly number[];
  readonly outputs: ImageOutputs;
}

export interface ImageRun extends AsyncIterable<ImageResults> {
  /** Grows while the results are read. */
  readonly skipped: readonly SkippedImage[];
}

/** Decodes the images and runs the model on them, several batches at the same time; results come in the list's order. */
export function runImages(model: ImageLanes, images: ImageList, options: RunImagesOptions = {}): ImageRun {
  const { strict = false, signal, augment, read } = options;
  const batches = rawBatches(images, model.preprocess, {
    batch: model.batch,
    concurrency: 2 * model.batch * model.lanes + AHEAD,
    strict,
    ...(signal ? { signal } : {}),
    ...(augment ? { augment } : {}),
    read,
  });
  async function* run(): AsyncGenerator<ImageResults> {
    const running: Promise<ImageResults>[] = [];
    try {
      for await (const { images: decoded, indices } of batches) {
        const result = model.run(decoded).then((outputs) => ({ indices, outputs }));
        result.catch(() => {}); // it is raised when its turn comes
        running.push(result);
        // One more than there are lanes, so that none waits while a result is used.
        if (running.length > model.lanes) yield await running.shift()!;
      }
      while (running.length > 0) yield await running.shift()!;
    } finally {
      await Promise.allSettled(running);
    }
  }
  return { skipped: batches.skipped, [Symbol.asyncIterator]: run };
}
