import type { Dataset } from '../data/index.ts';
import { reportOf } from '../report/index.ts';
import type { HoldoutScore } from './result.ts';

/**
 * How well logits fit the labels.
 * @param logits [n, C]; row rows[k] is of image images[k] of the dataset.
 */
export function scoreLogits(
  logits: Float32Array,
  classes: number,
  dataset: Dataset,
  images: readonly number[],
  rows: readonly number[],
): HoldoutScore {
  const scores = new Float32Array(rows.length * classes);
  rows.forEach((row, k) => {
    scores.set(logits.subarray(row * classes, (row + 1) * classes), k * classes);
  });
  const truth = images.map((image) => dataset.samples[image]!.label);
  const { top1, top5, macroF1 } = reportOf(scores, truth, dataset.classes);
  return { top1, top5: classes > 5 ? top5 : undefined, macroF1 };
}
