/**
 * The losses. Every one is a weighted sum over rows, with weights that the caller has already divided by their sum:
 * rows that only pad a batch, or that have no text, weigh nothing.
 */
import { type GraphBuilder, int, type Value } from '../graph/index.ts';
import { unitRows } from './layers.ts';

/** log softmax over the last axis of [N,C]. */
function logSoftmax(b: GraphBuilder, x: Value): Value {
  return b.op('LogSoftmax', [x], { axis: int(1) });
}

/** The sum of all elements of x [N,M], as [1]. */
function total(b: GraphBuilder, x: Value): Value {
  return b.reshape(b.reduceSum(x, [0, 1]), [1]);
}

/**
 * - sum_i w_i sum_c y_ic log softmax(logits)_ic.
 * @param labels [N,C] one-hot, or smoothed. @param rows [N,1] weights. @returns [1].
 */
export function crossEntropy(b: GraphBuilder, logits: Value, labels: Value, rows: Value): Value {
  return b.neg(total(b, b.mul(b.mul(labels, rows), logSoftmax(b, logits))));
}

/** sum_i w_i mean_j (a_ij - b_ij)^2. @param rows [N,1] weights. @returns [1]. */
export function meanSquaredError(b: GraphBuilder, x: Value, y: Value, rows: Value): Value {
  const difference = b.sub(x, y);
  return total(b, b.mul(b.reduceMean(b.mul(difference, difference), [1], true), rows));
}

/**
 * Symmetric InfoNCE over cosine similarities s_ij = cos(z_v,i, z_s,j) / tau (Radford et al. 2021), where pairs that
 * are no true negatives are left out of the sums:
 *
 *   L = - 1/2 sum_i w_i [ log softmax_j(s_ij + m_ij)_i + log softmax_j(s_ji + m_ji)_i ]
 *
 * @param pairs [N,N] with w_i on the diagonal. @param mask [N,N], symmetric: 0, or a large negative number for a pair of
 *   rows of one class or with one text, or where a row has no text. @param temperature [1], ln(1/tau). @returns [1].
 */
export function infoNce(
  b: GraphBuilder,
  zv: Value,
  zs: Value,
  temperature: Value,
  pairs: Value,
  mask: Value,
): Value {
  const texts = b.transpose(unitRows(b, zs), [1, 0]);
  const similarity = b.mul(b.matMul(unitRows(b, zv), texts), b.exp(temperature));
  const masked = b.add(similarity, mask);
  const fromImages = total(b, b.mul(logSoftmax(b, masked), pairs));
  const fromTexts = total(b, b.mul(logSoftmax(b, b.transpose(masked, [1, 0])), pairs));
  return b.mul(b.add(fromImages, fromTexts), b.scalar(-0.5, zv));
}

/** The sum of weight * loss; terms of weight zero are left out of the graph. @returns [1]. */
export function weightedSum(b: GraphBuilder, terms: readonly (readonly [Value, number])[]): Value {
  const counted = terms.filter(([, w]) => w !== 0).map(([v, w]) => (w === 1 ? v : b.mul(v, b.scalar(w, v))));
  return counted.reduce((sum, v) => b.add(sum, v));
}

/** What a masked pair's similarity is lowered by: exp of it is zero in float32, and sums stay finite. */
export const MASKED = -1e9;
