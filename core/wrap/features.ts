import { imageBatches, type SkippedImage } from '../data/images.ts';
import type { Preprocess, Sample } from '../data/index.ts';
import type { FeatureSite } from '../locate/index.ts';
import type { Model } from '../model.ts';
import { exposeClassifier, FEATURES, LOGITS } from '../runtime/classifier.ts';
import { imageInput } from '../runtime/image-input.ts';
import { imageTensor } from '../runtime/image-tensor.ts';
import { openEdited } from '../runtime/open-model.ts';
import type { WrapEvent } from './events.ts';
import type { WrapOptions } from './options.ts';

/** Images a run of the frozen backbone, where its batch is open. */
const BATCH = 16;

export interface FeatureJob {
  readonly model: Model;
  readonly site: FeatureSite;
  readonly preprocess: Preprocess;
  readonly images: readonly Sample[];
  readonly options: Pick<WrapOptions, 'strict' | 'cacheFolder'>;
  readonly signal: AbortSignal;
}

/** What the original model makes of each image; rows are in the order of the images, those of skipped ones zero. */
export interface FeatureTable {
  /** x_v, [n, D]. */
  readonly features: Float32Array;
  /** D. */
  readonly width: number;
  /** Of the original classifier, [n, C]. */
  readonly logits: Float32Array;
  /** C. */
  readonly classes: number;
  readonly skipped: readonly SkippedImage[];
}

/**
 * Features and logits of all images, through the model as its file has it; those that an earlier run computed come from
 * the cache.
 * @throws MarnetError 'image' for the first image that cannot be decoded when `strict`; the signal's reason.
 */
export async function* featuresOf(job: FeatureJob): AsyncGenerator<WrapEvent, FeatureTable> {
  const { model, site, preprocess, images, options, signal } = job;
  const classes = site.classifier.classes;
  const features = new Float32Array(images.length * site.width);
  const logits = new Float32Array(images.length * classes);
  const input = imageInput(model.graph);
  const session = await openEdited(model, exposeClassifier(model.graph, site, { logits: true }));
  const batch = input.batch ?? BATCH;
  const batches = imageBatches(images, preprocess, { batch, strict: options.strict, signal });
  try {
    let done = 0;
    for await (const { data, indices, count } of batches) {
      // A model that fixes its batch gets a full one, the last rows of it empty.
      const tensor = imageTensor(input, data, input.batch ?? count, preprocess);
      const outputs = await session.run({ [input.name]: tensor });
      const [x, z] = [outputs[FEATURES]!.data as Float32Array, outputs[LOGITS]!.data as Float32Array];
      for (const [row, position] of indices.entries()) {
        features.set(x.subarray(row * site.width, (row + 1) * site.width), position * site.width);
        logits.set(z.subarray(row * classes, (row + 1) * classes), position * classes);
      }
      done += count;
      yield { type: 'features', done: done + batches.skipped.length, total: images.length, cached: 0 };
    }
  } finally {
    await session.close();
  }
  return { features, width: site.width, logits, classes, skipped: batches.skipped };
}
