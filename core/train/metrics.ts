import type { EpochMetrics, LossParts } from './job.ts';

/** Means over the images of an epoch so far; a checkpoint in mid-epoch carries them. */
export interface EpochTotals {
  images: number;
  correct: number;
  losses: Record<keyof LossParts, number | undefined>;
}

const LOSSES = ['loss', 'classification', 'ema', 'rec', 'cdr', 'text'] as const;

export function newTotals(): EpochTotals {
  const none = undefined;
  return {
    images: 0,
    correct: 0,
    losses: { loss: none, classification: none, ema: none, rec: none, cdr: none, text: none },
  };
}

export function addStep(totals: EpochTotals, losses: LossParts, images: number, correct: number): void {
  totals.images += images;
  totals.correct += correct;
  for (const name of LOSSES) {
    const value = losses[name];
    if (value !== undefined) totals.losses[name] = (totals.losses[name] ?? 0) + value * images;
  }
}

export function meansOf({ losses, images }: EpochTotals): LossParts {
  const mean = (name: keyof LossParts) => {
    const sum = losses[name];
    return sum === undefined ? undefined : sum / images;
  };
  return {
    loss: mean('loss')!,
    classification: mean('classification')!,
    ema: mean('ema'),
    rec: mean('rec'),
    cdr: mean('cdr'),
    text: mean('text'),
  };
}

/** The column with the largest value in a row of [rows, width]; the first of equal ones. */
export function bestColumn(data: Float32Array, row: number, width: number): number {
  let best = 0;
  for (let c = 1; c < width; c++) if (data[row * width + c]! > data[row * width + best]!) best = c;
  return best;
}

/** How many of the images have their class's logit on top. @param logits [indices.length, classes]. */
export function countCorrect(
  logits: Float32Array,
  indices: readonly number[],
  labels: Int32Array,
  classes: number,
): number {
  return indices.filter((i, row) => bestColumn(logits, row, classes) === labels[i]).length;
}

/** Mean cross-entropy with the labels as they are, unsmoothed. */
export function meanCrossEntropy(
  logits: Float32Array,
  indices: readonly number[],
  labels: Int32Array,
  classes: number,
): number {
  let sum = 0;
  indices.forEach((i, row) => {
    const top = logits[row * classes + bestColumn(logits, row, classes)]!;
    let exponentials = 0;
    for (let c = 0; c < classes; c++) exponentials += Math.exp(logits[row * classes + c]! - top);
    sum += Math.log(exponentials) + top - logits[row * classes + labels[i]!]!;
  });
  return sum / indices.length;
}

/** Better: more holdout images right, or as many and a lower holdout loss. Without a holdout, later is better. */
export function isBetter(candidate: EpochMetrics, best: EpochMetrics | undefined): boolean {
  if (!best || candidate.holdoutAccuracy === undefined || best.holdoutAccuracy === undefined) return true;
  if (candidate.holdoutAccuracy !== best.holdoutAccuracy)
    return candidate.holdoutAccuracy > best.holdoutAccuracy;
  return candidate.holdoutLoss! < best.holdoutLoss!;
}

const COLUMNS = [
  'epoch',
  'learningRate',
  ...LOSSES,
  'trainAccuracy',
  'holdoutLoss',
  'holdoutAccuracy',
] as const satisfies readonly (keyof EpochMetrics)[];

/** One line an epoch, with a heading; values that do not apply are empty. */
export function metricsCsv(history: readonly EpochMetrics[]): string {
  const lines = history.map((metrics) => COLUMNS.map((name) => metrics[name] ?? '').join(','));
  return `${[COLUMNS.join(','), ...lines].join('\n')}\n`;
}
