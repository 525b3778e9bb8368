/** Values at the cut of a partly trained backbone, kept on disk as features are. */
import { createHash } from 'node:crypto';
import { openFeatureCache } from '../data/cache.ts';
import { imageBatches } from '../data/images.ts';
import { imageLength } from '../data/index.ts';
import type { Graph } from '../graph/index.ts';
import type { CutBackbone } from '../runtime/cut.ts';
import type { FrozenPart } from '../runtime/frozen-part.ts';
import type { WrapEvent } from './events.ts';
import type { Prepared } from './stage.ts';

/** Activations of all images together may take this much memory, and as much disk: 2 GiB. */
export const MOST_CACHED_BYTES = 2 ** 31;

/** Computed rows are kept this often, or when they are this many bytes. */
const SAVE_SECONDS = 30;
const SAVE_BYTES = 2 ** 28;

/**
 * Computes the activations of `used` images, but for those that an earlier run left in the cache.
 * @param used positions in the dataset's samples.
 * @returns a function from positions to their rows [positions, width].
 */
export async function* activationsOf(
  prepared: Prepared,
  cut: CutBackbone,
  part: FrozenPart,
  used: readonly number[],
  signal: AbortSignal,
): AsyncGenerator<WrapEvent, (positions: readonly number[]) => Float32Array> {
  const { model, site, preprocess, dataset, options } = prepared;
  const { width } = part;
  const cache = await openFeatureCache(
    {
      model: await model.sha256(),
      site: site.value,
      preprocess,
      widths: { activations: width },
      variant: `activations ${digestOf(cut.lower!)}`,
      ...(options.cacheFolder === undefined ? {} : { folder: options.cacheFolder }),
      signal,
    },
    used.map((i) => dataset.samples[i]!.file),
  );
  const cached = used.length - cache.missing.length;
  yield { type: 'features', done: cached, total: used.length, cached };
  try {
    let done = cached;
    let saved = performance.now();
    let unsaved = 0;
    const images = cache.missing.map((position) => dataset.samples[used[position]!]!);
    const batch = cut.upper.batch;
    const batches = imageBatches(images, preprocess, { batch, strict: true, signal });
    const length = imageLength(preprocess);
    for await (const { data, indices, count } of batches) {
      const rows = await part.run(data.subarray(0, count * length), count);
      for (const [row, index] of indices.entries()) {
        const activations = rows.subarray(row * width, (row + 1) * width);
        cache.set(cache.missing[index]!, { activations });
      }
      done += count;
      unsaved += count * width * 4;
      yield { type: 'features', done, total: used.length, cached };
      if (performance.now() - saved > SAVE_SECONDS * 1000 || unsaved > SAVE_BYTES) {
        await cache.save();
        saved = performance.now();
        unsaved = 0;
      }
    }
  } finally {
    await cache.save();
  }
  for (const message of cache.notices) yield { type: 'notice', message };
  const table = cache.arrays.activations!;
  const rowOf = new Map(used.map((position, row) => [position, row]));
  return (positions) => {
    const rows = new Float32Array(positions.length * width);
    positions.forEach((position, i) => {
      const row = rowOf.get(position)!;
      rows.set(table.subarray(row * width, (row + 1) * width), i * width);
    });
    return rows;
  };
}

/** Of what the frozen part computes, its weights apart: those are the model's. */
function digestOf({ nodes, outputs }: Graph): string {
  const parts = nodes.map(({ op, domain, inputs, outputs: made, attributes }) => [
    op,
    domain,
    inputs,
    made,
    attributes,
  ]);
  const text = JSON.stringify(
    [parts, outputs.map(({ name, shape }) => [name, shape!.slice(1)])],
    (_, value) => (typeof value === 'bigint' ? `${value}` : value),
  );
  return createHash('sha256').update(text).digest('hex');
}
