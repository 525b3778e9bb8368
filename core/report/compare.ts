/** One classifier measured, and two measured on the same images. */
import {
  bestClasses,
  type ClassFigures,
  type Confusion,
  classFigures,
  confusionOf,
  macroF1Of,
  topK,
} from './metrics.ts';

/** Figures of one class. */
export interface ClassReport extends ClassFigures {
  readonly label: string;
}

export interface Report {
  readonly images: number;
  readonly top1: number;
  readonly top5: number;
  readonly macroF1: number;
  readonly perClass: readonly ClassReport[];
  readonly confusion: Confusion;
  /** The best class of each image. */
  readonly predicted: Int32Array;
}

/**
 * @param scores [n, C] row-major: logits or probabilities, whose order is the same.
 * @param truth class index of each image.
 * @param labels names of the C classes.
 */
export function reportOf(
  scores: ArrayLike<number>,
  truth: ArrayLike<number>,
  labels: readonly string[],
): Report {
  const classes = labels.length;
  const predicted = bestClasses(scores, classes);
  const confusion = confusionOf(predicted, truth, classes);
  return {
    images: truth.length,
    top1: topK(scores, truth, classes, 1),
    top5: topK(scores, truth, classes, 5),
    macroF1: macroF1Of(confusion),
    perClass: classFigures(confusion).map((figures, c) => ({ label: labels[c]!, ...figures })),
    confusion,
    predicted,
  };
}

/** An image that the two models put in different classes. */
export interface ChangedPrediction {
  /** Position among the images. */
  readonly image: number;
  readonly truth: string;
  readonly before: string;
  readonly after: string;
}

export interface Comparison {
  readonly base: Report;
  readonly merged: Report;
  /** merged - base */
  readonly difference: { readonly top1: number; readonly top5: number; readonly macroF1: number };
  /** Difference of F1 by class, the most gained first. */
  readonly perClass: readonly { readonly label: string; readonly f1: number }[];
  readonly changed: readonly ChangedPrediction[];
  /** Images that only the merged model gets right, and that only the base model does. */
  readonly corrected: number;
  readonly spoiled: number;
}

/** The merged model against the one it came from, on the same images and classes. */
export function compareModels(
  baseScores: ArrayLike<number>,
  mergedScores: ArrayLike<number>,
  truth: ArrayLike<number>,
  labels: readonly string[],
): Comparison {
  const base = reportOf(baseScores, truth, labels);
  const merged = reportOf(mergedScores, truth, labels);
  const changed: ChangedPrediction[] = [];
  let [corrected, spoiled] = [0, 0];
  base.predicted.forEach((before, image) => {
    const after = merged.predicted[image]!;
    if (before === after) return;
    const own = truth[image]!;
    if (after === own) corrected++;
    if (before === own) spoiled++;
    changed.push({ image, truth: labels[own]!, before: labels[before]!, after: labels[after]! });
  });
  return {
    base,
    merged,
    difference: {
      top1: merged.top1 - base.top1,
      top5: merged.top5 - base.top5,
      macroF1: merged.macroF1 - base.macroF1,
    },
    perClass: labels
      .map((label, c) => ({ label, f1: merged.perClass[c]!.f1 - base.perClass[c]!.f1 }))
      .sort((a, b) => b.f1 - a.f1),
    changed,
    corrected,
    spoiled,
  };
}
