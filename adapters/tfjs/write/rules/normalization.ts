/**
 * Normalizations, in terms of means and elementwise ops:
 *   BatchNormalization  x r + (b - mean r), r = scale / sqrt(variance + epsilon), with fixed statistics
 *   LayerNormalization  (x - mean) / sqrt(mean((x - mean)^2) + epsilon) * scale + b, over the axes from `axis` on
 *   InstanceNormalization, GroupNormalization  the same over the spatial axes, and over groups of channels
 */
import {
  float,
  float32,
  floatAttribute,
  int,
  intAttribute,
  type Tensor,
  toFloat32,
} from '../../../../core/graph/index.ts';
import { channelsLast, identity, isIdentity } from '../permutation.ts';
import { OPSET } from '../prepare.ts';
import type { Rule, Rules, Site } from '../rule.ts';
import type { TfValue } from '../tf-builder.ts';

/** Statistics of a channel as a factor and a term, where all of them are known. */
function folded(s: Site, epsilon: number): readonly [Tensor, Tensor] | undefined {
  const tensors = [1, 2, 3, 4].map((i) => s.tensor(i));
  if (tensors.some((tensor) => !tensor)) return undefined;
  const [scale, bias, mean, variance] = tensors.map((tensor) => toFloat32(tensor!)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const factor = scale.map((value, c) => value / Math.sqrt(variance[c]! + epsilon));
  return [float32(factor), float32(bias.map((value, c) => value - mean[c]! * factor[c]!))];
}

const batchNormalization: Rule = (s) => {
  if (intAttribute(s.node, 'training_mode') === 1) throw s.unsupported('it is in training mode');
  const rank = s.rank(0);
  const perm = s.order(0);
  const x = s.as(0, perm);
  const channels = s.outDims()[1] ?? 1;
  const place = perm.indexOf(1);
  // Broadcast from the right, a vector lies along the last axis.
  const along = (value: TfValue): TfValue =>
    place === rank - 1 ? value : s.reshape(value, [channels, ...new Array<number>(rank - 1 - place).fill(1)]);
  const epsilon = floatAttribute(s.node, 'epsilon');
  const known = folded(s, epsilon);
  if (known) {
    const [factor, term] = known.map((tensor, i) => {
      const dims = [tensor.dims[0]!, ...new Array<number>(rank - 1 - place).fill(1)];
      return s.tf.constant({ ...tensor, dims }, `${s.source(i + 1).name}/folded`);
    }) as [TfValue, TfValue];
    return [[{ perm, value: s.tf.op('AddV2', [s.tf.op('Mul', [x, factor]), term]) }]];
  }
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => s.natural(i)) as TfValue[];
  const deviation = s.tf.op('AddV2', [variance!, s.tf.scalar(epsilon)]);
  const factor = s.tf.op('Mul', [scale!, s.tf.op('Rsqrt', [deviation])]);
  const term = s.tf.op('Sub', [bias!, s.tf.op('Mul', [mean!, factor])]);
  return [[{ perm, value: s.tf.op('AddV2', [s.tf.op('Mul', [x, along(factor)]), along(term)]) }]];
};

/** (x - mean) / sqrt(variance + epsilon) over some axes, and what it was divided by. */
function standardized(s: Site, x: TfValue, axes: readonly number[], epsilon: number) {
  const over = s.tf.integers(axes);
  const keep = { keep_dims: int(1) };
  const mean = s.tf.op('Mean', [x, over], keep);
  const centred = s.tf.op('Sub', [x, mean]);
  const variance = s.tf.op('Mean', [s.tf.op('Square', [centred]), over], keep);
  const inverse = s.tf.op('Rsqrt', [s.tf.op('AddV2', [variance, s.tf.scalar(epsilon)])]);
  return { value: s.tf.op('Mul', [centred, inverse]), mean, inverse };
}

const layerNormalization: Rule = (s) => {
  const rank = s.rank(0);
  const first = s.axis(intAttribute(s.node, 'axis'), rank);
  const axes = Array.from({ length: rank - first }, (_, i) => first + i);
  const { value, mean, inverse } = standardized(s, s.natural(0), axes, floatAttribute(s.node, 'epsilon'));
  const scaled = s.tf.op('Mul', [value, s.natural(1)]);
  const y = s.has(2) ? s.tf.op('AddV2', [scaled, s.natural(2)]) : scaled;
  // An output that nobody asks for has no type; all have the rank of x.
  return [y, mean, inverse].slice(0, s.node.outputs.length).map((value) => [{ perm: identity(rank), value }]);
};

const instanceNormalization: Rule = (s) => {
  const rank = s.rank(0);
  const perm = isIdentity(s.order(0)) ? identity(rank) : channelsLast(rank);
  const axes = perm.flatMap((axis, i) => (axis > 1 ? [i] : []));
  const x = s.as(0, perm);
  const { value } = standardized(s, x, axes, floatAttribute(s.node, 'epsilon'));
  const along = (i: number): TfValue =>
    isIdentity(perm)
      ? s.reshape(s.natural(i), [s.dims(0)[1]!, ...new Array<number>(rank - 2).fill(1)])
      : s.natural(i);
  return [[{ perm, value: s.tf.op('AddV2', [s.tf.op('Mul', [value, along(1)]), along(2)]) }]];
};

/** With the channels last, [N, positions, groups, channels of a group]. */
const groupNormalization: Rule = (s) => {
  const rank = s.rank(0);
  const [n, channels, ...spatial] = s.dims(0);
  const groups = intAttribute(s.node, 'num_groups');
  const positions = spatial.reduce<number>((product, size) => {
    if (typeof size === 'string') throw s.unsupported(`a size that it needs is open ("${size}")`);
    return product * size;
  }, 1);
  const perm = channelsLast(rank);
  const grouped = s.reshape(s.as(0, perm), [n!, positions, groups, (channels as number) / groups]);
  const { value } = standardized(s, grouped, [1, 3], floatAttribute(s.node, 'epsilon'));
  const y = s.reshape(value, [n!, ...spatial, channels!]);
  return [[{ perm, value: s.tf.op('AddV2', [s.tf.op('Mul', [y, s.natural(1)]), s.natural(2)]) }]];
};

/** x / (bias + alpha / size * sum over `size` channels around of x^2)^beta; TensorFlow's takes a radius. */
const localResponse: Rule = (s) => {
  const size = intAttribute(s.node, 'size');
  if (s.rank(0) !== 4 || size % 2 === 0) throw s.unsupported(`its size is ${size}, its rank ${s.rank(0)}`);
  const perm = channelsLast(4);
  const value = s.tf.op('LRN', [s.as(0, perm)], {
    depth_radius: int((size - 1) / 2),
    bias: float(floatAttribute(s.node, 'bias')),
    alpha: float(floatAttribute(s.node, 'alpha') / size),
    beta: float(floatAttribute(s.node, 'beta')),
  });
  return [[{ perm, value }]];
};

/** The axis is moved to the end, where TensorFlow.js wants it. */
const softmax =
  (log: boolean): Rule =>
  (s) => {
    const rank = s.rank(0);
    const axis = s.axis(intAttribute(s.node, 'axis', { opset: OPSET }), rank);
    const order = s.order(0);
    const perm = order[rank - 1] === axis ? order : [...identity(rank).filter((a) => a !== axis), axis];
    const x = s.as(0, perm);
    if (!log) return [[{ perm, value: s.tf.op('Softmax', [x]) }]];
    // log softmax(x) = y - log(sum(exp(y))), y = x - max(x); the wasm backend has no LogSoftmax.
    const last = s.tf.integers([rank - 1]);
    const keep = { keep_dims: int(1) };
    const y = s.tf.op('Sub', [x, s.tf.op('Max', [x, last], keep)]);
    const total = s.tf.op('Log', [s.tf.op('Sum', [s.tf.op('Exp', [y]), last], keep)]);
    return [[{ perm, value: s.tf.op('Sub', [y, total]) }]];
  };

export const NORMALIZATION: Rules = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  LRN: localResponse,
  Softmax: softmax(false),
  LogSoftmax: softmax(true),
};
