import type { Dataset } from '../data/index.ts';
import type { HoldoutScore } from './result.ts';

export function scoreLogits(logits: Float32Array, classes: number, dataset: Dataset, images: readonly number[], rows: readonly number[]): HoldoutScore {
  let right = 0;
  images.forEach((image, k) => {
    const row = logits.subarray(rows[k]! * classes, (rows[k]! + 1) * classes);
    let best = 0;
    for (let c = 1; c < classes; c++) if (row[c]! > row[best]!) best = c;
    if (best === dataset.samples[image]!.label) right++;
  });
  return { top1: right / images.length, top5: undefined, macroF1: 0 };
}
