import { describe, expect, it } from 'vitest';
import { crossEntropy, infoNce, MASKED, meanSquaredError } from '../../core/marnet/losses.ts';
import { evaluate, logSoftmaxOf, type Matrix, randomMatrix } from './support.ts';

const unit = (row: number[]): number[] => {
  const length = Math.hypot(...row);
  return row.map((v) => v / length);
};

/** Sums only over the pairs that may be negatives: no masks, no infinities. */
function directInfoNce(
  zv: Matrix,
  zs: Matrix,
  tau: number,
  weights: number[],
  negative: (i: number, j: number) => boolean,
): number {
  const similarity = (i: number, j: number) =>
    unit(zv[i]!).reduce((s, v, k) => s + v * unit(zs[j]!)[k]!, 0) / tau;
  let loss = 0;
  for (let i = 0; i < zv.length; i++) {
    if (weights[i] === 0) continue;
    const others = zv.map((_, j) => j).filter((j) => j !== i && negative(i, j));
    const positive = Math.exp(similarity(i, i));
    const byImage = positive + others.reduce((s, j) => s + Math.exp(similarity(i, j)), 0);
    const byText = positive + others.reduce((s, j) => s + Math.exp(similarity(j, i)), 0);
    loss -= (weights[i]! / 2) * (Math.log(positive / byImage) + Math.log(positive / byText));
  }
  return loss;
}

describe('InfoNCE', () => {
  const n = 6;
  const zv = randomMatrix(n, 5, 1, 2);
  const zs = randomMatrix(n, 5, 2, 2);
  const classes = [0, 0, 1, 2, 3, 4];
  const texts = ['a', 'b', 'c', 'd', 'd', '']; // rows 3 and 4 share a text, row 5 has none

  async function measured(weights: number[], negative: (i: number, j: number) => boolean): Promise<number> {
    const pairs = weights.map((w, i) => weights.map((_, j) => (i === j ? w : 0)));
    const mask = pairs.map((row, i) => row.map((_, j) => (i === j || negative(i, j) ? 0 : MASKED)));
    const [loss] = await evaluate({ zv, zs, temperature: [[Math.log(1 / 0.07)]], pairs, mask }, (b, v) => [
      infoNce(b, v.zv!, v.zs!, b.reshape(v.temperature!, [1]), v.pairs!, v.mask!),
    ]);
    return loss![0]!;
  }

  it('equals the direct sum when every other row is a negative', async () => {
    const weights = new Array<number>(n).fill(1 / n);
    const expected = directInfoNce(zv, zs, 0.07, weights, () => true);
    expect(await measured(weights, () => true)).toBeCloseTo(expected, 4);
  });

  it('leaves out rows of one class, rows with one text, and rows without text', async () => {
    const negative = (i: number, j: number) =>
      classes[i] !== classes[j] && texts[i] !== texts[j] && texts[i] !== '' && texts[j] !== '';
    const weights = texts.map((t) => (t === '' ? 0 : 1 / 5));
    const expected = directInfoNce(zv, zs, 0.07, weights, negative);
    expect(await measured(weights, negative)).toBeCloseTo(expected, 4);
    expect(expected).not.toBeCloseTo(
      directInfoNce(zv, zs, 0.07, weights, () => true),
      2,
    );
  });

  it('is zero, and finite, when no row has text', async () => {
    expect(await measured(new Array<number>(n).fill(0), () => false)).toBeCloseTo(0, 12);
  });
});

describe('other losses', () => {
  const logits = randomMatrix(3, 4, 8, 5);
  const labels = [
    [1, 0, 0, 0],
    [0.1, 0.7, 0.1, 0.1],
    [0, 0, 0, 1],
  ];

  it('cross-entropy weighs its rows', async () => {
    const weights = [0.5, 0.5, 0];
    const [loss] = await evaluate({ logits, labels, rows: weights.map((w) => [w]) }, (b, v) => [
      crossEntropy(b, v.logits!, v.labels!, v.rows!),
    ]);
    const expected = -labels.reduce((sum, row, i) => {
      const log = logSoftmaxOf(logits[i]!);
      return sum + weights[i]! * row.reduce((s, y, c) => s + y * log[c]!, 0);
    }, 0);
    expect(loss![0]).toBeCloseTo(expected, 5);
  });

  it('mean squared error is a mean over columns and a weighted sum over rows', async () => {
    const [loss] = await evaluate(
      {
        x: [
          [1, 2],
          [3, 4],
        ],
        y: [
          [0, 0],
          [1, 1],
        ],
        rows: [[0.25], [0.75]],
      },
      (b, v) => [meanSquaredError(b, v.x!, v.y!, v.rows!)],
    );
    expect(loss![0]).toBeCloseTo(0.25 * 2.5 + 0.75 * 6.5, 6);
  });
});
