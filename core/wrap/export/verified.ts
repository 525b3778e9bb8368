/** The images held out that a written model is compared on. */
import { imageBatches } from '../../data/images.ts';
import type { HoldoutBatch } from '../../export/index.ts';
import { imageInput } from '../../runtime/image-input.ts';
import { imageTensor } from '../../runtime/image-tensor.ts';
import type { Prepared } from '../stage.ts';

/** Images at most: a file that computes something else shows it on a few, and more would only take longer. */
const VERIFIED = 64;
/** With rounded weights, whose change of accuracy is told. */
const VERIFIED_ROUNDED = 256;
/** Of a file that is only the way to another form, which is compared with it on `VERIFIED`. */
const VERIFIED_BETWEEN = 16;

/** What becomes of a written file. */
export type Written = 'result' | 'between';

/** Positions in the holdout, evenly spread, as it may be in the order of its classes; ascending. */
export function verifiedRows(
  { rows, options }: Pick<Prepared, 'rows' | 'options'>,
  written: Written = 'result',
): number[] {
  const held = rows.holdout.length;
  const most = written === 'between' ? VERIFIED_BETWEEN : options.quantize ? VERIFIED_ROUNDED : VERIFIED;
  const count = Math.min(held, most);
  return Array.from({ length: count }, (_, i) => Math.floor((i * held) / count));
}

/** @param logits of all images held out, [N, C], row-major: those of the verified ones come with their images. */
export async function* verifiedBatches(
  prepared: Prepared,
  logits: Float32Array,
  written: Written = 'result',
): AsyncGenerator<HoldoutBatch> {
  const { model, preprocess, dataset, rows } = prepared;
  const input = imageInput(model.graph);
  const classes = logits.length / rows.holdout.length;
  const verified = verifiedRows(prepared, written);
  const samples = verified.map((row) => dataset.samples[rows.holdout[row]!]!);
  const batches = imageBatches(samples, preprocess, { batch: input.batch ?? 16, strict: true });
  for await (const { data, indices, count } of batches) {
    const expected = new Float32Array(count * classes);
    indices.forEach((position, i) => {
      const row = verified[position]!;
      expected.set(logits.subarray(row * classes, (row + 1) * classes), i * classes);
    });
    yield { images: imageTensor(input, data, count, preprocess), logits: expected };
  }
}
