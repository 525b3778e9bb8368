/**
 * Figures of a classifier. For class c with true positives TP, false positives FP, false negatives FN:
 *
 *   precision = TP / (TP + FP),  recall = TP / (TP + FN),  F1 = 2 TP / (2 TP + FP + FN),  each 0 where it would be 0/0
 *   macro-F1 = mean of F1 over the classes that occur among labels or predictions
 *
 * Shares are 0 to 1. Labels are class indices.
 */

/** A figure for each class of a data set. */
export interface ClassFigures {
  /** Images whose label is this class. */
  readonly images: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** How many images of class i (row) were given class j (column): counts[i * classes + j]. */
export interface Confusion {
  readonly classes: number;
  readonly counts: Uint32Array;
}

/**
 * The best class of each row, the first of equal ones; a row with NaN gets the class of its first NaN, as NumPy does.
 * @param scores [n, classes], row-major.
 */
export function bestClasses(scores: ArrayLike<number>, classes: number): Int32Array {
  return Int32Array.from({ length: rowsIn(scores, classes) }, (_, row) => {
    let best = 0;
    for (let c = 0; c < classes; c++) {
      const score = scores[row * classes + c]!;
      if (Number.isNaN(score)) return c;
      if (score > scores[row * classes + best]!) best = c;
    }
    return best;
  });
}

/**
 * Share of the images whose class is among the k with the highest scores. Of equal scores the lower class comes
 * first, as in `bestClasses`; NaN counts as higher than any number, and is never right.
 * @param scores [n, classes], row-major.
 * @param labels [n]
 */
export function topK(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  k: number,
): number {
  const rows = rowsIn(scores, classes);
  checkLabels(labels, rows, classes);
  let right = 0;
  for (let row = 0; row < rows; row++) {
    const label = labels[row]!;
    const own = scores[row * classes + label]!;
    let before = 0;
    for (let c = 0; c < classes; c++) {
      const score = scores[row * classes + c]!;
      if (score > own || Number.isNaN(score) || (score === own && c < label)) before++;
    }
    if (before < k && !Number.isNaN(own)) right++;
  }
  return right / rows;
}

/** Share of the predictions that are the label. */
export function accuracy(predicted: ArrayLike<number>, labels: ArrayLike<number>): number {
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (predicted[i] === labels[i]) right++;
  return right / labels.length;
}

/** @throws RangeError when a label or a prediction is no class. */
export function confusionOf(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): Confusion {
  checkLabels(labels, predicted.length, classes);
  checkLabels(predicted, predicted.length, classes);
  const counts = new Uint32Array(classes * classes);
  for (let i = 0; i < labels.length; i++) counts[labels[i]! * classes + predicted[i]!]!++;
  return { classes, counts };
}

/** The figures of every class, in their order. */
export function classFigures({ classes, counts }: Confusion): ClassFigures[] {
  return Array.from({ length: classes }, (_, c) => {
    let [labelled, predicted] = [0, 0];
    for (let other = 0; other < classes; other++) {
      labelled += counts[c * classes + other]!;
      predicted += counts[other * classes + c]!;
    }
    const right = counts[c * classes + c]!;
    return {
      images: labelled,
      precision: share(right, predicted),
      recall: share(right, labelled),
      f1: share(2 * right, labelled + predicted),
    };
  });
}

/** Mean F1 over the classes that occur among labels or predictions. */
export function macroF1(predicted: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  const confusion = confusionOf(predicted, labels, classes);
  return macroF1Of(confusion);
}

export function macroF1Of(confusion: Confusion): number {
  const { classes, counts } = confusion;
  const occurs = (c: number): boolean => {
    for (let other = 0; other < classes; other++)
      if (counts[c * classes + other] || counts[other * classes + c]) return true;
    return false;
  };
  const figures = classFigures(confusion).filter((_, c) => occurs(c));
  return share(
    figures.reduce((sum, { f1 }) => sum + f1, 0),
    figures.length,
  );
}

/** The pairs of classes that are taken for each other most often: `label` was called `predicted`. */
export function worstConfusions(
  { classes, counts }: Confusion,
  count = 10,
): { readonly label: number; readonly predicted: number; readonly images: number }[] {
  return Array.from(counts, (images, at) => ({
    label: Math.floor(at / classes),
    predicted: at % classes,
    images,
  }))
    .filter(({ label, predicted, images }) => label !== predicted && images > 0)
    .sort((a, b) => b.images - a.images)
    .slice(0, count);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function rowsIn(scores: ArrayLike<number>, classes: number): number {
  const rows = scores.length / classes;
  if (rows === 0 || !Number.isInteger(rows))
    throw new RangeError(`${scores.length} scores are not one or more rows of ${classes}`);
  return rows;
}

function checkLabels(labels: ArrayLike<number>, rows: number, classes: number): void {
  if (labels.length !== rows) throw new RangeError(`${labels.length} labels for ${rows} images`);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!(Number.isInteger(label) && label >= 0 && label < classes))
      throw new RangeError(`class ${label} of image ${i} is not one of ${classes}`);
  }
}
