/** Values at the cut of a partly trained backbone, kept on disk as features are. */
import { createHash } from 'node:crypto';
import { openFeatureCache } from '../../data/cache.ts';
import { FileHashes } from '../../data/file-hashes.ts';
import { imageBatches, imageLength } from '../../data/index.ts';
import type { Graph } from '../../graph/index.ts';
import type { CutBackbone } from '../../runtime/cut.ts';
import type { FrozenPart } from '../../runtime/frozen-part.ts';
import type { WrapEvent } from '../events.ts';
import { type ComputedRows, fillCache } from '../features/fill-cache.ts';
import type { Prepared } from '../stage.ts';

/** Activations of all images together may take this much memory, and as much disk: 2 GiB. */
export const MOST_CACHED_BYTES = 2 ** 31;

/**
 * Computes the activations of `used` images, but for those that an earlier run left in the cache.
 * @param used positions in the dataset's samples.
 * @returns a function from positions to their rows [positions, width].
 */
export async function* cutActivations(
  prepared: Prepared,
  cut: CutBackbone,
  part: FrozenPart,
  used: readonly number[],
  signal: AbortSignal,
): AsyncGenerator<WrapEvent, (positions: readonly number[]) => Float32Array> {
  const { model, site, preprocess, dataset, options } = prepared;
  const { width } = part;
  const hashes = new FileHashes();
  const cache = await openFeatureCache(
    {
      model: await model.sha256(),
      site: site.value,
      preprocess,
      widths: { activations: width },
      variant: `activations ${digestOf(cut.lower!)}`,
      ...(options.cacheFolder === undefined ? {} : { folder: options.cacheFolder }),
      hashes,
      signal,
    },
    used.map((i) => dataset.samples[i]!.file),
  );
  const length = imageLength(preprocess);
  yield* fillCache({
    cache,
    images: used.map((i) => dataset.samples[i]!),
    compute(images) {
      const batches = imageBatches(images, preprocess, {
        batch: cut.upper.batch,
        strict: true, // what cannot be decoded is no longer among them
        signal,
        read: hashes.read,
      });
      async function* rows(): AsyncGenerator<ComputedRows> {
        for await (const { data, indices, count } of batches) {
          const values = await part.run(data.subarray(0, count * length), count);
          yield {
            indices,
            rowOf: (row) => ({ activations: values.subarray(row * width, (row + 1) * width) }),
          };
        }
      }
      return { skipped: batches.skipped, [Symbol.asyncIterator]: rows };
    },
  });
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
