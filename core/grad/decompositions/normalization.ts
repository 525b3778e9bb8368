/** Normalizations in terms of means and products, and those that onnxruntime fuses with what stands beside them. */
import {
  float,
  float32,
  floatAttribute,
  int,
  intAttribute,
  ints,
  intsAttribute,
  type Value,
} from '../../graph/index.ts';
import { normalizeAxis, productOf } from '../axes.ts';
import type { DecompositionRule, NodeContext } from '../rule.ts';
import { MICROSOFT } from './domain.ts';

/** Of onnxruntime's own ops, some leave out 1e-5 and some 1e-12. */
const epsilonOf = (c: NodeContext): number => floatAttribute(c.node, 'epsilon');

const from = (axis: number, rank: number) => Array.from({ length: rank - axis }, (_, i) => axis + i);

/** sqrt(mean(x^2) + epsilon), with the mean over the axes from `axis` on. */
function rootOf(c: NodeContext, x: Value, axis: number): Value {
  const b = c.builder;
  const mean = b.reduceMean(b.mul(x, x), from(axis, x.shape.length), true);
  return b.sqrt(b.add(mean, b.scalar(epsilonOf(c), x)));
}

/** x / sqrt(mean(x^2) + epsilon) * scale */
function rootMeanSquare(c: NodeContext, x: Value, scale: Value, axis: number): Value {
  return c.builder.mul(c.builder.div(x, rootOf(c, x, axis)), scale);
}

const axisOf = (c: NodeContext) => normalizeAxis(intAttribute(c.node, 'axis'), c.shape(0).length);

/** input + skip (+ bias) */
function skipped(c: NodeContext, bias: Value | undefined): Value {
  const sum = c.builder.add(c.input(0), c.input(1));
  return bias ? c.builder.add(sum, bias) : sum;
}

function skipLayerNormalization(c: NodeContext): (Value | undefined)[] {
  const sum = skipped(c, c.inputs[4]);
  const y = c.builder.op('LayerNormalization', [sum, c.input(2), c.inputs[3]], {
    axis: int(-1),
    epsilon: float(epsilonOf(c)),
  });
  return [y, undefined, undefined, sum];
}

function skipSimplified(c: NodeContext): (Value | undefined)[] {
  const sum = skipped(c, c.inputs[3]);
  return [rootMeanSquare(c, sum, c.input(2), sum.shape.length - 1), undefined, undefined, sum];
}

/**
 * Its second output is what x is multiplied by, one number for each mean. Of means over more than the last axis,
 * onnxruntime tells wrong sizes of it.
 */
function simplified(c: NodeContext): (Value | undefined)[] {
  const b = c.builder;
  const x = c.input(0);
  const axis = axisOf(c);
  const root = rootOf(c, x, axis);
  const isKnown = axis === x.shape.length - 1;
  const inverse = isKnown && c.isRead(1) ? b.op('Reciprocal', [root]) : undefined;
  return [b.mul(b.div(x, root), c.input(1)), inverse];
}

/** A norm of zero is one of zeros, which stay zeros. */
function lpNormalization(c: NodeContext): Value[] {
  const b = c.builder;
  const x = c.input(0);
  const op = intAttribute(c.node, 'p') === 1 ? 'ReduceL1' : 'ReduceL2';
  const norm = b.reduce(op, x, [axisOf(c)], true);
  return [b.div(x, b.where(b.equal(norm, b.scalar(0, x)), b.scalar(1, x), norm))];
}

function meanVariance(c: NodeContext): Value[] {
  const b = c.builder;
  const x = c.input(0);
  const axes = intsAttribute(c.node, 'axes').map((a) => normalizeAxis(a, x.shape.length));
  const centred = b.sub(x, b.reduceMean(x, axes, true));
  const deviation = b.sqrt(b.reduceMean(b.mul(centred, centred), axes, true));
  return [b.div(centred, b.add(deviation, b.scalar(1e-9, x)))];
}

/** x / (bias + alpha/size * sum of squares over `size` neighbouring channels)^beta; the sum is an average pooling. */
function localResponse(c: NodeContext): Value[] {
  const b = c.builder;
  const x = c.input(0);
  const [n, channels, ...spatial] = c.shape(0) as [number, number, ...number[]];
  const size = intAttribute(c.node, 'size');
  const before = Math.floor((size - 1) / 2);
  const squares = b.reshape(b.mul(x, x), [n, 1, channels, productOf(spatial)]);
  const average = b.op('AveragePool', [squares], {
    kernel_shape: ints([size, 1]),
    pads: ints([before, 0, size - 1 - before, 0]),
    count_include_pad: int(1),
  });
  const scaled = b.mul(average, b.scalar(floatAttribute(c.node, 'alpha'), x));
  const sum = b.add(scaled, b.scalar(floatAttribute(c.node, 'bias'), x));
  const divisor = b.op('Pow', [sum, b.scalar(floatAttribute(c.node, 'beta'), x)]);
  return [b.div(x, b.reshape(divisor, c.shape(0)))];
}

/** InstanceNormalization of whole groups, with a scale and a bias each. @param x [batch, channels, ...] */
function groupsNormalized(c: NodeContext, x: Value, groups: number, scale: Value, bias: Value): Value {
  const b = c.builder;
  const shape = x.shape as readonly number[];
  const flat = b.reshape(x, [shape[0]!, groups, productOf(shape.slice(1)) / groups]);
  const normalized = b.op('InstanceNormalization', [flat, scale, bias], { epsilon: float(epsilonOf(c)) });
  return b.reshape(normalized, shape);
}

/** Groups normalized, then times scale and plus bias a channel. @param x [batch, channels, ...] */
function channelsScaled(c: NodeContext, x: Value, groups: number, scale: Value, bias: Value): Value {
  const b = c.builder;
  const filled = (value: number) =>
    b.cast(b.constant(float32(new Float32Array(groups).fill(value))), x.dtype);
  const normalized = groupsNormalized(c, x, groups, filled(1), filled(0));
  const perChannel = (v: Value): Value =>
    b.reshape(v, [c.shape(1)[0]!, ...from(2, x.shape.length).map(() => 1)]);
  return b.add(b.mul(normalized, perChannel(scale)), perChannel(bias));
}

/** Before operator set 21, scale and bias are one a group. */
function groupNormalization(c: NodeContext): Value[] {
  const groups = intAttribute(c.node, 'num_groups');
  const channels = c.shape(0)[1];
  const normalize = c.shape(1)[0] === channels ? channelsScaled : groupsNormalized;
  return [normalize(c, c.input(0), groups, c.input(1), c.input(2))];
}

/** GroupNormalization; then x sigmoid(x) where asked for. */
function groupNorm(c: NodeContext, x: Value, gamma: Value, beta: Value): Value {
  const b = c.builder;
  const last = intAttribute(c.node, 'channels_last') === 1;
  const rank = x.shape.length;
  const spatial = from(2, rank);
  const first = last ? b.transpose(x, [0, rank - 1, ...spatial.map((i) => i - 1)]) : x;
  const scaled = channelsScaled(c, first, intAttribute(c.node, 'groups'), gamma, beta);
  const y = intAttribute(c.node, 'activation') === 1 ? b.mul(scaled, b.sigmoid(scaled)) : scaled;
  return last ? b.transpose(y, [0, ...spatial, 1]) : y;
}

function skipGroupNorm(c: NodeContext): Value[] {
  const b = c.builder;
  const [n, channels] = [c.shape(0)[0]!, c.shape(0).at(-1)!];
  const skip = c.shape(3).length === 2 ? b.reshape(c.input(3), [n, 1, 1, channels]) : c.input(3);
  const sum = b.add(c.input(0), skip);
  const x = c.inputs[4] ? b.add(sum, c.inputs[4]) : sum;
  return [groupNorm(c, x, c.input(1), c.input(2)), x];
}

const RMS = 'x / Sqrt(ReduceMean(x^2) + epsilon) * scale';

export const NORMALIZATION_DECOMPOSITIONS: readonly DecompositionRule[] = [
  {
    op: 'RMSNormalization',
    form: RMS,
    decompose: (c) => [rootMeanSquare(c, c.input(0), c.input(1), axisOf(c))],
  },
  // onnxruntime keeps it in the standard domain, where ONNX has no such op.
  {
    op: 'SimplifiedLayerNormalization',
    form: RMS,
    limits: 'The saved inverse deviation only of the last axis.',
    decompose: simplified,
  },
  { op: 'LpNormalization', form: 'x / ReduceL1(x) or x / ReduceL2(x)', decompose: lpNormalization },
  {
    op: 'MeanVarianceNormalization',
    form: '(x - ReduceMean(x)) / Sqrt(ReduceMean((x - ReduceMean(x))^2))',
    decompose: meanVariance,
  },
  {
    op: 'LRN',
    form: 'x / Pow(bias + alpha * AveragePool(x^2) over channels, beta)',
    decompose: localResponse,
  },
  {
    op: 'SkipLayerNormalization',
    domain: MICROSOFT,
    form: 'LayerNormalization(x + skip + bias)',
    limits: 'Not the saved mean and deviation.',
    decompose: skipLayerNormalization,
  },
  {
    op: 'SkipSimplifiedLayerNormalization',
    domain: MICROSOFT,
    form: 'as RMSNormalization, of x + skip + bias',
    limits: 'Not the saved mean and deviation.',
    decompose: skipSimplified,
  },
  {
    op: 'GroupNormalization',
    form: 'InstanceNormalization of groups * scale + bias',
    decompose: groupNormalization,
  },
  {
    op: 'GroupNorm',
    domain: MICROSOFT,
    form: 'InstanceNormalization of groups * gamma + beta, then x * Sigmoid(x) where asked for',
    decompose: (c) => [groupNorm(c, c.input(0), c.input(1), c.input(2))],
  },
  {
    op: 'SkipGroupNorm',
    domain: MICROSOFT,
    form: 'as GroupNorm, of x + skip + bias',
    decompose: skipGroupNorm,
  },
];
