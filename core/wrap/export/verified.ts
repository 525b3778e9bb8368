/** The images held out that a written model is compared on. */
import { imageBatches } from '../../data/images.ts';
import type { HoldoutBatch } from '../../export/index.ts';
import { imageInput } from '../../runtime/image-input.ts';
import { imageTensor } from '../../runtime/image-tensor.ts';
import { CPU_BATCH } from '../../runtime/images/index.ts';
import type { Prepared } from '../stage.ts';

/** What an image is verified for, and how many are taken at most: a file that computes something else shows it on a few. */
const VERIFIED = {
  /** A file beside what was trained. */
  result: 64,
  /** A file that is only the way to another form. */
  between: 8,
  /** That other form beside it. */
  converted: 32,
  /** With rounded weights, whose change of accuracy is told. */
  rounded: 256,
} as const;

export type Verified = keyof typeof VERIFIED;

/** Positions among `held` images held out, evenly spread, as they may be in the order of their classes; ascending. */
export function verifiedRows(held: number, what: Verified): number[] {
  const count = Math.min(held, VERIFIED[what]);
  return Array.from({ length: count }, (_, i) => Math.floor((i * held) / count));
}

/** @param logits of all images held out, [N, C], row-major: those of the verified ones come with their images. */
export async function* verifiedBatches(
  prepared: Prepared,
  logits: Float32Array,
  what: Verified,
): AsyncGenerator<HoldoutBatch> {
  const { model, preprocess, dataset, rows } = prepared;
  const input = imageInput(model.graph);
  const classes = logits.length / rows.holdout.length;
  const verified = verifiedRows(rows.holdout.length, what);
  const samples = verified.map((row) => dataset.samples[rows.holdout[row]!]!);
  const batches = imageBatches(samples, preprocess, { batch: input.batch ?? CPU_BATCH, strict: true });
  for await (const { data, indices, count } of batches) {
    const expected = new Float32Array(count * classes);
    indices.forEach((position, i) => {
      const row = verified[position]!;
      expected.set(logits.subarray(row * classes, (row + 1) * classes), i * classes);
    });
    yield { images: imageTensor(input, data, count, preprocess), logits: expected };
  }
}
