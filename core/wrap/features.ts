import { openFeatureCache } from '../data/cache.ts';
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

/** Computed rows are kept this often, so that an interrupted run loses little. */
const SAVE_SECONDS = 30;

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
  const width = site.width;
  const classes = site.classifier.classes;
  const cache = await openFeatureCache(
    {
      model: await model.sha256(),
      site: site.value,
      preprocess,
      widths: { features: width, logits: classes },
      variant: `${site.pooling} ${site.classifier.logits}`,
      ...(options.cacheFolder === undefined ? {} : { folder: options.cacheFolder }),
      signal,
    },
    images.map((image) => image.file),
  );
  const cached = images.length - cache.missing.length;
  yield { type: 'features', done: cached, total: images.length, cached };
  const skipped: SkippedImage[] = [];
  if (cache.missing.length > 0) yield* computeMissing(job, cache, cached, skipped);
  for (const message of cache.notices) yield { type: 'notice', message };
  return { features: cache.arrays.features!, width, logits: cache.arrays.logits!, classes, skipped };
}

async function* computeMissing(
  { model, site, preprocess, images, options, signal }: FeatureJob,
  cache: Awaited<ReturnType<typeof openFeatureCache>>,
  cached: number,
  skipped: SkippedImage[],
): AsyncGenerator<WrapEvent, void> {
  const input = imageInput(model.graph);
  const session = await openEdited(model, exposeClassifier(model.graph, site, { logits: true }));
  const missing = cache.missing.map((position) => images[position]!);
  const batch = input.batch ?? BATCH;
  const batches = imageBatches(missing, preprocess, { batch, strict: options.strict, signal });
  let done = cached;
  let saved = performance.now();
  try {
    for await (const { data, indices, count } of batches) {
      // A model that fixes its batch gets a full one, the last rows of it empty.
      const tensor = imageTensor(input, data, input.batch ?? count, preprocess);
      const outputs = await session.run({ [input.name]: tensor });
      const rowOf = (name: string, row: number, size: number): Float32Array =>
        (outputs[name]!.data as Float32Array).subarray(row * size, (row + 1) * size);
      for (const [row, index] of indices.entries()) {
        cache.set(cache.missing[index]!, {
          features: rowOf(FEATURES, row, site.width),
          logits: rowOf(LOGITS, row, site.classifier.classes),
        });
      }
      done += count;
      yield { type: 'features', done: done + batches.skipped.length, total: images.length, cached };
      if (performance.now() - saved > SAVE_SECONDS * 1000) {
        await cache.save();
        saved = performance.now();
      }
    }
  } finally {
    await cache.save();
    await session.close();
  }
  for (const each of batches.skipped) skipped.push({ ...each, position: cache.missing[each.position]! });
}
