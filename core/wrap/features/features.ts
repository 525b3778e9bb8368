import { openFeatureCache } from '../../data/cache.ts';
import type { FileHashes, Hashes } from '../../data/file-hashes.ts';
import type { SkippedImage } from '../../data/images.ts';
import { type AugmentOptions, drawAugmentation, type Preprocess, type Sample } from '../../data/index.ts';
import type { Tensor } from '../../graph/index.ts';
import type { FeatureSite } from '../../locate/index.ts';
import type { Model } from '../../model.ts';
import { FEATURES, LOGITS } from '../../runtime/classifier.ts';
import { runImages } from '../../runtime/images/index.ts';
import type { WrapEvent } from '../events.ts';
import type { WrapOptions } from '../options.ts';
import type { Extractor } from './extractor.ts';
import { type ComputedRows, fillCache } from './fill-cache.ts';

export interface FeatureJob {
  readonly model: Model;
  readonly site: FeatureSite;
  readonly preprocess: Preprocess;
  readonly extractor: Extractor;
  readonly images: readonly Sample[];
  /** Through which they are read; views share it. */
  readonly hashes: FileHashes;
  readonly options: Pick<WrapOptions, 'strict' | 'cacheFolder' | 'views' | 'seed'>;
  readonly signal: AbortSignal;
  /** Another view than the plain one. */
  readonly view?: View;
}

export interface View {
  /** Views count from 0, the plain one. */
  readonly number: number;
  readonly augmentation: AugmentOptions;
  /** SHA-256 of each image's bytes. */
  readonly hashes: Hashes;
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
  /** Of the images' files. */
  readonly hashes: Hashes;
}

/**
 * Features and logits of all images, through the model as its file has it; those that an earlier run computed come from
 * the cache. What happens to an image in a view follows from its bytes, the view's number, the augmentation and the seed:
 * later runs find the views that are there, whatever else is in the data and however many views they want.
 * @throws MarnetError 'image' for the first image that cannot be decoded when `strict`; the signal's reason.
 */
export async function* featuresOf(job: FeatureJob): AsyncGenerator<WrapEvent, FeatureTable> {
  const { model, site, preprocess, images, hashes, options, signal, view } = job;
  const width = site.width;
  const classes = site.classifier.classes;
  const files = images.map((image) => image.file);
  const cache = await openFeatureCache(
    {
      model: await model.sha256(),
      site: site.value,
      preprocess,
      widths: { features: width, logits: classes },
      variant: [`${site.pooling} ${site.classifier.logits}`, ...viewKey(view, options.seed)].join(' '),
      ...(options.cacheFolder === undefined ? {} : { folder: options.cacheFolder }),
      hashes,
      signal,
    },
    files,
  );
  const skipped = yield* computeMissing(job, cache);
  for (const message of cache.notices) yield { type: 'notice', message };
  const { features, logits } = cache.arrays;
  return { features: features!, width, logits: logits!, classes, skipped, hashes: await hashes.of(files) };
}

function viewKey(view: View | undefined, seed: number): string[] {
  return view ? [`view ${view.number} seed ${seed} ${JSON.stringify(view.augmentation)}`] : [];
}

async function* computeMissing(
  { site, extractor, images, hashes, options, signal, view }: FeatureJob,
  cache: Awaited<ReturnType<typeof openFeatureCache>>,
): AsyncGenerator<WrapEvent, SkippedImage[]> {
  const opened = cache.missing.length > 0 ? await extractor.open(cache.missing.length) : undefined;
  if (opened?.notice !== undefined) yield { type: 'notice', message: opened.notice };
  const rowOf = ({ data }: Tensor, row: number, size: number): Float32Array =>
    (data as Float32Array).subarray(row * size, (row + 1) * size);
  const augment =
    view &&
    ((position: number) => {
      const i = cache.missing[position]!;
      return drawAugmentation(view.augmentation, options.seed, view.number, view.hashes[i] ?? images[i]!.id);
    });
  return yield* fillCache({
    cache,
    images,
    view: options.views > 1 ? { view: 1 + (view?.number ?? 0), views: options.views } : undefined,
    compute(some) {
      const run = runImages(opened!.lanes, some, {
        strict: options.strict,
        signal,
        augment,
        read: hashes.read,
      });
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
}
