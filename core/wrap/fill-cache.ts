import type { FeatureTable } from '../data/cache.ts';
import { imageBatches, type SkippedImage } from '../data/images.ts';
import type { Preprocess, Sample } from '../data/index.ts';
import type { WrapEvent } from './events.ts';

/** Computed rows are kept this often, so that an interrupted run loses little, or when they are this many bytes. */
const SAVE_SECONDS = 30;
const SAVE_BYTES = 2 ** 28;

export interface FillJob {
  readonly cache: FeatureTable;
  /** All images that the cache was opened for, in its order. */
  readonly images: readonly Sample[];
  readonly preprocess: Preprocess;
  /** Images a run at most. */
  readonly batch: number;
  readonly strict: boolean;
  readonly signal: AbortSignal;
  /** Runs the model on the first `count` images of `data`; what it gives has each image's rows by name. */
  readonly compute: (
    data: Float32Array,
    count: number,
  ) => Promise<(row: number) => Readonly<Record<string, Float32Array>>>;
}

/**
 * Computes the rows that the cache lacks, telling how far it is.
 * @returns images that could not be decoded, their positions among `images`; none where `strict`, which throws.
 */
export async function* fillCache(job: FillJob): AsyncGenerator<WrapEvent, SkippedImage[]> {
  const { cache, images, preprocess, batch, strict, signal, compute } = job;
  const total = images.length;
  const cached = total - cache.missing.length;
  yield { type: 'features', done: cached, total, cached };
  if (cache.missing.length === 0) return [];
  const missing = cache.missing.map((position) => images[position]!);
  const batches = imageBatches(missing, preprocess, { batch, strict, signal });
  let done = cached;
  let saved = performance.now();
  let unsaved = 0;
  try {
    for await (const { data, indices, count } of batches) {
      const rowsOf = await compute(data, count);
      for (const [row, index] of indices.entries()) {
        const rows = rowsOf(row);
        cache.set(cache.missing[index]!, rows);
        for (const values of Object.values(rows)) unsaved += values.byteLength;
      }
      done += count;
      yield { type: 'features', done: done + batches.skipped.length, total, cached };
      if (performance.now() - saved > SAVE_SECONDS * 1000 || unsaved > SAVE_BYTES) {
        await cache.save();
        saved = performance.now();
        unsaved = 0;
      }
    }
  } finally {
    await cache.save();
  }
  return batches.skipped.map((each) => ({ ...each, position: cache.missing[each.position]! }));
}
