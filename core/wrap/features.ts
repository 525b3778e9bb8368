import { openFeatureCache } from '../data/cache.ts';
import type { SkippedImage } from '../data/images.ts';
import type { Preprocess, Sample } from '../data/index.ts';
import type { Tensor } from '../graph/index.ts';
import type { FeatureSite } from '../locate/index.ts';
import type { Model } from '../model.ts';
import { exposeClassifier, FEATURES, LOGITS } from '../runtime/classifier.ts';
import { checkKernels } from '../runtime/device/kernels.ts';
import type { Device } from '../runtime/device/name.ts';
import { openEditedLanes, runImages } from '../runtime/images/index.ts';
import type { WrapEvent } from './events.ts';
import { type ComputedRows, fillCache } from './fill-cache.ts';
import type { WrapOptions } from './options.ts';

export interface FeatureJob {
  readonly model: Model;
  readonly site: FeatureSite;
  readonly preprocess: Preprocess;
  readonly images: readonly Sample[];
  readonly device: Device;
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
  const skipped = yield* computeMissing(job, cache);
  for (const message of cache.notices) yield { type: 'notice', message };
  return { features: cache.arrays.features!, width, logits: cache.arrays.logits!, classes, skipped };
}

async function* computeMissing(
  { model, site, preprocess, images, device, options, signal }: FeatureJob,
  cache: Awaited<ReturnType<typeof openFeatureCache>>,
): AsyncGenerator<WrapEvent, SkippedImage[]> {
  const missing = cache.missing.length;
  const exposed = exposeClassifier(model.graph, site, { logits: true });
  const notice = missing > 0 ? checkKernels(exposed, device, 'the model') : undefined;
  if (notice !== undefined) yield { type: 'notice', message: notice };
  const lanes =
    missing > 0 ? await openEditedLanes(model, exposed, { preprocess, device, images: missing }) : undefined;
  const rowOf = ({ data }: Tensor, row: number, size: number): Float32Array =>
    (data as Float32Array).subarray(row * size, (row + 1) * size);
  try {
    return yield* fillCache({
      cache,
      images,
      compute(some) {
        const run = runImages(lanes!, some, { strict: options.strict, signal });
        async function* rows(): AsyncGenerator<ComputedRows> {
          for await (const { indices, outputs } of run)
            yield {
              indices,
              rowOf: (row) => ({
                features: rowOf(outputs[FEATURES]!, row, site.width),
                logits: rowOf(outputs[LOGITS]!, row, site.classifier.classes),
              }),
            };
        }
        return { skipped: run.skipped, [Symbol.asyncIterator]: rows };
      },
    });
  } finally {
    await lanes?.close();
  }
}
