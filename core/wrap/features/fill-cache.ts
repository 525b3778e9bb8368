import type { FeatureTable } from '../../data/cache.ts';
import type { SkippedImage } from '../../data/images.ts';
import type { Sample } from '../../data/index.ts';
import type { WrapEvent } from '../events.ts';

/** Computed rows are kept this often, so that an interrupted run loses little, or when they are this many bytes. */
const SAVE_SECONDS = 30;
const SAVE_BYTES = 2 ** 28;

/** What was computed for some of the images, by their positions. */
export interface ComputedRows {
  readonly indices: readonly number[];
  /** What is kept of the image indices[row], by name. */
  rowOf(row: number): Readonly<Record<string, Float32Array>>;
}

/** Which of several views of the images is computed, from 1. */
export interface ViewCount {
  readonly view: number;
  readonly views: number;
}

export interface FillJob {
  readonly cache: FeatureTable;
  /** All images that the cache was opened for, in its order. */
  readonly images: readonly Sample[];
  /** Told in the events, where there are several. */
  readonly view?: ViewCount | undefined;
  /** Computes rows of the images, all but those that cannot be decoded. */
  readonly compute: (images: readonly Sample[]) => AsyncIterable<ComputedRows> & {
    /** Positions among the given images. */
    readonly skipped: readonly SkippedImage[];
  };
}

/**
 * Computes the rows that the cache lacks, telling how far it is.
 * @returns images that could not be decoded, their positions among `images`.
 */
export async function* fillCache({
  cache,
  images,
  view,
  compute,
}: FillJob): AsyncGenerator<WrapEvent, SkippedImage[]> {
  const total = images.length;
  const cached = total - cache.missing.length;
  yield { type: 'features', done: cached, total, cached, ...view };
  if (cache.missing.length === 0) return [];
  const computed = compute(cache.missing.map((position) => images[position]!));
  let done = cached;
  let saved = performance.now();
  let unsaved = 0;
  try {
    for await (const { indices, rowOf } of computed) {
      for (const [row, index] of indices.entries()) {
        const rows = rowOf(row);
        cache.set(cache.missing[index]!, rows);
        for (const values of Object.values(rows)) unsaved += values.byteLength;
      }
      done += indices.length;
      yield { type: 'features', done: done + computed.skipped.length, total, cached, ...view };
      if (performance.now() - saved > SAVE_SECONDS * 1000 || unsaved > SAVE_BYTES) {
        await cache.save();
        saved = performance.now();
        unsaved = 0;
      }
    }
  } finally {
    await cache.save();
  }
  return computed.skipped.map((each) => ({ ...each, position: cache.missing[each.position]! }));
}
