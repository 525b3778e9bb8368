/**
 * All: y = scale h + bias, h = (x - mean) r, r = 1 / sqrt(variance + epsilon).
 * BatchNormalization, whose statistics are given (sums over all axes but the channels'). They are computed where the
 * normalization is one of weights, and carry a gradient then:
 *   dx = dy scale r        dscale = r sum(dy (x - mean))        dbias = sum(dy)
 *   dmean = -scale r sum(dy)        dvariance = -scale r^2 dscale / 2
 * LayerNormalization: an op of our own, see ops.ts. Where its mean and r are read too, over the n elements of each:
 *   dx += dmean / n - dr r^3 (x - mean) / n
 * InstanceNormalization, with statistics over each instance's elements:
 *   g = dy scale        dx = r (g - mean(g) - h mean(g h))        dscale = sum(dy h)        dbias = sum(dy)
 */
import { float, floatAttribute, int, intAttribute, type Value } from '../../graph/index.ts';
import { normalizeAxis, once, productOf } from '../axes.ts';
import { emitGradientOp } from '../ops.ts';
import type { GradientRule, InputGradient, RuleContext } from '../rule.ts';

const epsilonOf = (c: RuleContext): number => floatAttribute(c.node, 'epsilon');

/** Every axis but the channels'. */
const withoutChannels = (shape: readonly unknown[]): number[] => [0, ...shape.slice(2).map((_, i) => i + 2)];

function batchNormalization(c: RuleContext): InputGradient[] {
  if (intAttribute(c.node, 'training_mode') === 1) throw c.unsupported('it computes batch statistics');
  const { builder: b, dy } = c;
  const [x, scale, mean, variance] = [c.input(0), c.input(1), c.input(3), c.input(4)];
  const axes = withoutChannels(x.shape);
  const perChannel = (v: Value): Value => b.reshape(v, [c.shape(1)[0]!, ...x.shape.slice(2).map(() => 1)]);
  const deviation = once(() => b.sqrt(b.add(variance, b.scalar(epsilonOf(c), variance))));
  const gain = once(() => b.div(scale, deviation()));
  const dscale = once(() => b.div(b.reduceSum(b.mul(dy, b.sub(x, perChannel(mean))), axes), deviation()));
  const dbias = once(() => b.reduceSum(dy, axes));
  return [
    () => b.mul(dy, perChannel(gain())),
    dscale,
    dbias,
    () => b.neg(b.mul(gain(), dbias())),
    () => b.mul(b.mul(b.div(gain(), deviation()), dscale()), b.scalar(-0.5, dy)),
  ];
}

function layerNormalization(c: RuleContext): InputGradient[] {
  const [x, scale, dy] = [c.input(0), c.input(1), c.outputGradients[0]];
  const axis = normalizeAxis(intAttribute(c.node, 'axis'), x.shape.length);
  const normalized = { dtype: scale.dtype, shape: x.shape.slice(axis) };
  const [, dMean, dDeviation] = c.outputGradients;
  const gradients = once(() =>
    dy
      ? emitGradientOp(
          c.builder,
          'LayerNormalizationGradient',
          [x, scale, dy],
          { axis: int(axis), epsilon: float(epsilonOf(c)) },
          [{ dtype: x.dtype, shape: x.shape }, normalized, normalized],
        )
      : [],
  );
  const dx = (): Value | undefined => {
    const parts = [
      gradients()[0],
      dMean && ofMean(c, dMean, axis),
      dDeviation && ofDeviation(c, dDeviation, axis),
    ];
    return parts.filter((part) => part !== undefined).reduce((a, part) => c.builder.add(a, part));
  };
  return [dx, () => gradients()[1], () => gradients()[2]].slice(0, c.inputs.length);
}

/** Elements that each mean is of. */
const countFrom = (c: RuleContext, axis: number): number => productOf(c.shape(0).slice(axis));

/** What dmean gives dx. */
function ofMean(c: RuleContext, dMean: Value, axis: number): Value {
  const b = c.builder;
  const share = b.mul(dMean, b.scalar(1 / countFrom(c, axis), dMean));
  return b.expand(b.cast(share, c.input(0).dtype), c.shape(0));
}

/** What dr gives dx. */
function ofDeviation(c: RuleContext, dDeviation: Value, axis: number): Value {
  const b = c.builder;
  const x = c.input(0);
  const r = c.outputs[2]!;
  const share = b.mul(dDeviation, b.scalar(-1 / countFrom(c, axis), dDeviation));
  const slope = b.cast(b.mul(share, b.mul(r, b.mul(r, r))), x.dtype);
  const axes = c.shape(0).flatMap((_, i) => (i < axis ? [] : [i]));
  return b.mul(slope, b.sub(x, b.reduceMean(x, axes, true)));
}

function instanceNormalization(c: RuleContext): InputGradient[] {
  const { builder: b, dy } = c;
  const [x, scale] = [c.input(0), c.input(1)];
  const [batch, channels, ...spatial] = c.shape(0) as [number, number, ...number[]];
  const rows = [batch, channels, productOf(spatial)];
  const parts = once(() => {
    const flat = b.reshape(x, rows);
    const centred = b.sub(flat, b.reduceMean(flat, [2], true));
    const variance = b.reduceMean(b.mul(centred, centred), [2], true);
    const r = b.op('Reciprocal', [b.sqrt(b.add(variance, b.scalar(epsilonOf(c), variance)))]);
    return { h: b.mul(centred, r), r };
  });
  const dyRows = once(() => b.reshape(dy, rows));
  return [
    () => {
      const { h, r } = parts();
      const g = b.mul(dyRows(), b.reshape(scale, [channels, 1]));
      const along = b.mul(h, b.reduceMean(b.mul(g, h), [2], true));
      return b.reshape(b.mul(r, b.sub(b.sub(g, b.reduceMean(g, [2], true)), along)), c.shape(0));
    },
    () => b.reduceSum(b.mul(dyRows(), parts().h), [0, 2]),
    () => b.reduceSum(dyRows(), [0, 2]),
  ];
}

export const NORMALIZATION_RULES: readonly GradientRule[] = [
  {
    op: 'BatchNormalization',
    gradient: batchNormalization,
    limits: 'Statistics are those of the model; in training mode only of weights, not of images.',
  },
  { op: 'LayerNormalization', outputs: 3, gradient: layerNormalization },
  { op: 'InstanceNormalization', gradient: instanceNormalization },
];
