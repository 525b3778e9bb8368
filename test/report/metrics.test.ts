import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accuracy,
  bestClasses,
  classFigures,
  confusionOf,
  macroF1,
  topK,
  worstConfusions,
} from '../../core/report/index.ts';

/**
 * The numbers expected here are scikit-learn 1.9.1's for this data: accuracy_score, top_k_accuracy_score(labels=range(6)),
 * confusion_matrix, precision_recall_fscore_support(zero_division=0), f1_score(average='macro').
 * Class 5 is predicted but has no images.
 */
const [IMAGES, CLASSES] = [60, 6];
const truth = Int32Array.from({ length: IMAGES }, (_, i) => (i * 7 + Math.floor(i / 6)) % 5);
const scores = Float64Array.from({ length: IMAGES * CLASSES }, (_, at) => {
  const [i, c] = [Math.floor(at / CLASSES), at % CLASSES];
  const hint = truth[i] === c && i % 3 !== 0 ? 6 : 0;
  return ((i * 31 + c * 17 + ((i * c) % 7) * 13) % 101) / 10 + c / 1000 + hint;
});
const predicted = bestClasses(scores, CLASSES);
const SKLEARN = {
  topK: {
    1: 0.48333333333333334,
    2: 0.6166666666666667,
    3: 0.7833333333333333,
    5: 0.9666666666666667,
  } as Record<number, number>,
  confusion: [
    [6, 1, 0, 2, 1, 2],
    [3, 6, 0, 1, 1, 1],
    [1, 2, 5, 1, 1, 2],
    [1, 0, 2, 6, 0, 3],
    [1, 2, 1, 0, 6, 2],
    [0, 0, 0, 0, 0, 0],
  ],
  precision: [0.5, 0.5454545454545454, 0.625, 0.6, 0.6666666666666666, 0],
  recall: [0.5, 0.5, 0.4166666666666667, 0.5, 0.5, 0],
  f1: [0.5, 0.5217391304347826, 0.5, 0.5454545454545454, 0.5714285714285714, 0],
  images: [12, 12, 12, 12, 12, 0],
  macroF1: 0.43977037455298323,
};

describe('metrics as scikit-learn has them', () => {
  it('top-k', () => {
    expect(accuracy(predicted, truth)).toBe(SKLEARN.topK[1]);
    for (const [k, share] of Object.entries(SKLEARN.topK))
      expect(topK(scores, truth, CLASSES, Number(k))).toBeCloseTo(share, 12);
  });

  it('confusion', () => {
    const { counts } = confusionOf(predicted, truth, CLASSES);
    const rows = Array.from({ length: CLASSES }, (_, c) =>
      Array.from(counts.subarray(c * CLASSES, (c + 1) * CLASSES)),
    );
    expect(rows).toEqual(SKLEARN.confusion);
  });

  it('precision, recall, F1, images', () => {
    const figures = classFigures(confusionOf(predicted, truth, CLASSES));
    for (const [c, { precision, recall, f1, images }] of figures.entries()) {
      expect(precision).toBeCloseTo(SKLEARN.precision[c]!, 12);
      expect(recall).toBeCloseTo(SKLEARN.recall[c]!, 12);
      expect(f1).toBeCloseTo(SKLEARN.f1[c]!, 12);
      expect(images).toBe(SKLEARN.images[c]);
    }
    expect(macroF1(predicted, truth, CLASSES)).toBeCloseTo(SKLEARN.macroF1, 12);
  });
});

describe('metrics at the edges', () => {
  it('leaves out of macro-F1 the classes that never occur', () => {
    // Class 2 occurs nowhere. Class 0: TP 1, FN 1; class 1: TP 1, FP 1: F1 2/3 each.
    expect(macroF1([0, 1, 1], [0, 0, 1], 3)).toBeCloseTo(2 / 3, 12);
    expect(macroF1([0, 1, 1], [0, 0, 1], 2)).toBeCloseTo(2 / 3, 12);
  });

  it('breaks ties as argmax does, and takes no NaN for right', () => {
    expect(topK([1, 1, 1], [0], 3, 1)).toBe(1);
    expect(topK([1, 1, 1], [1], 3, 1)).toBe(0);
    expect(topK([1, 1, 1], [1], 3, 2)).toBe(1);
    expect(topK([Number.NaN, Number.NaN], [0], 2, 2)).toBe(0);
    expect(topK([Number.NaN, 3], [1], 2, 1)).toBe(0);
    expect([...bestClasses([2, Number.NaN, 5, 1, 7, 7], 3)]).toEqual([1, 1]);
  });

  it('agrees with itself: top-1 is the accuracy of the best classes, top-C is 1, and top-k never falls', () => {
    const rows = fc.integer({ min: 2, max: 6 }).chain((classes) =>
      fc.array(
        fc.record({
          scores: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: classes, maxLength: classes }),
          label: fc.integer({ min: 0, max: classes - 1 }),
        }),
        { minLength: 1, maxLength: 20 },
      ),
    );
    fc.assert(
      fc.property(rows, (data) => {
        const classes = data[0]!.scores.length;
        const all = data.flatMap((row) => row.scores);
        const labels = data.map((row) => row.label);
        const shares = Array.from({ length: classes }, (_, k) => topK(all, labels, classes, k + 1));
        expect(shares[0]).toBe(accuracy(bestClasses(all, classes), labels));
        expect(shares.at(-1)).toBe(1);
        expect(shares.every((share, i) => i === 0 || share >= shares[i - 1]!)).toBe(true);
        const { counts } = confusionOf(bestClasses(all, classes), labels, classes);
        expect(counts.reduce((a, b) => a + b)).toBe(data.length);
      }),
      { numRuns: 100 },
    );
  });

  it('refuses labels that are no class, and scores that are no rows', () => {
    expect(() => topK([1, 2], [2], 2, 1)).toThrow('class 2 of image 0 is not one of 2');
    expect(() => topK([1, 2, 3], [0], 2, 1)).toThrow('3 scores are not one or more rows of 2');
    expect(() => confusionOf([0], [0, 1], 2)).toThrow('2 labels for 1 images');
  });

  it('names the pairs that are confused most', () => {
    const confusion = confusionOf([1, 1, 0, 2, 2], [0, 0, 1, 2, 0], 3);
    expect(worstConfusions(confusion, 2)).toEqual([
      { label: 0, predicted: 1, images: 2 },
      { label: 0, predicted: 2, images: 1 },
    ]);
  });
});
