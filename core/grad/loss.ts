/**
 * Cross-entropy of logits with label distributions p (one-hot, or smoothed):
 *   z = x - max(x),  loss_i = -sum_c p_ic (z_ic - ln sum_k e^(z_ik)),  loss = sum_i w_i loss_i / sum_i w_i
 * The maximum is a constant for differentiation: it cancels. What differentiation makes of the rest is
 *   dx = w (softmax(x) sum_c p_c - p) / sum(w)
 * with every exponential at most 1 and their sum at least 1, so that neither direction overflows or divides by zero.
 * Written out because LogSoftmax and the loss ops of ONNX have no kernel on every device.
 */
import type { GraphBuilder, Value } from '../graph/index.ts';
import { stopGradient } from './ops.ts';

/** Keeps a batch whose weights are all zero finite: its loss and gradients are 0. */
const TINY = 1e-12;

/** log softmax over the last axis, of logits [..., classes]. */
export function logSoftmax(builder: GraphBuilder, logits: Value): Value {
  const last = [logits.shape.length - 1];
  const shifted = builder.sub(logits, stopGradient(builder, builder.reduceMax(logits, last, true)));
  return builder.sub(shifted, builder.log(builder.reduceSum(builder.exp(shifted), last, true)));
}

/**
 * The mean cross-entropy over a batch, a value of rank 0.
 * @param logits [batch, classes], floating
 * @param labels [batch, classes], of the same dtype; rows are distributions
 * @param weight [batch], of the same dtype: the weight of each row in the mean; all equal unless given
 */
export function crossEntropy(builder: GraphBuilder, logits: Value, labels: Value, weight?: Value): Value {
  const rows = builder.neg(builder.reduceSum(builder.mul(labels, logSoftmax(builder, logits)), [1]));
  if (!weight) return builder.reduceMean(rows, [0]);
  const total = builder.add(builder.reduceSum(weight, [0]), builder.scalar(TINY, weight));
  return builder.div(builder.reduceSum(builder.mul(rows, weight), [0]), total);
}
