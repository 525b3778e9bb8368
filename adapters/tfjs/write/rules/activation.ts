/**
 * Activations, where TensorFlow.js has no op of their own by their formulas:
 *   HardSigmoid max(0, min(1, alpha x + beta)); HardSwish x HardSigmoid(x; 1/6, 1/2); Softsign x / (1 + |x|);
 *   Gelu x/2 (1 + erf(x / sqrt 2)), or by tanh; Mish x tanh(softplus(x)); Elu alpha (exp(min(x, 0)) - 1) + max(x, 0);
 *   ThresholdedRelu x where x > alpha; Shrink x + bias where x < -lambd, x - bias where x > lambd.
 */
import { float, floatAttribute, stringAttribute } from '../../../../core/graph/index.ts';
import type { Rule, Rules, Site } from '../rule.ts';
import type { TfValue } from '../tf-builder.ts';
import { type Unary, unary } from './elementwise.ts';

const op = (s: Site, name: string, ...inputs: TfValue[]): TfValue => s.tf.op(name, inputs);
const number = (s: Site, value: number): TfValue => s.tf.scalar(value);
const plus = (s: Site, x: TfValue, value: number): TfValue =>
  value === 0 ? x : op(s, 'AddV2', x, number(s, value));
const times = (s: Site, x: TfValue, value: number): TfValue =>
  value === 1 ? x : op(s, 'Mul', x, number(s, value));
const direct =
  (name: string): Unary =>
  (s, x) =>
    op(s, name, x);

/** `low` and `high` may be infinite. */
function clip(s: Site, x: TfValue, low: number, high: number): TfValue {
  if (low === 0 && high === Number.POSITIVE_INFINITY && x.dtype === 'float32') return op(s, 'Relu', x);
  if (low === 0 && high === 6 && x.dtype === 'float32') return op(s, 'Relu6', x);
  if (Number.isFinite(low) && Number.isFinite(high) && x.dtype === 'float32')
    return op(s, 'ClipByValue', x, number(s, low), number(s, high));
  let result = x;
  if (low !== Number.NEGATIVE_INFINITY) result = op(s, 'Maximum', result, s.tf.scalar(low, x.dtype));
  if (high !== Number.POSITIVE_INFINITY) result = op(s, 'Minimum', result, s.tf.scalar(high, x.dtype));
  return result;
}

/** Float32's largest number stands for no bound, as exporters write it. */
const LARGEST = 3.4028234663852886e38;

const clipped: Rule = (s) => {
  const perm = s.order(0);
  let x = s.as(0, perm);
  const bound = (i: number, none: number): number | TfValue => {
    if (!s.has(i)) return none;
    const value = s.known(i)?.[0];
    if (value === undefined) return s.natural(i);
    return Math.abs(value) >= LARGEST && Math.sign(value) === Math.sign(none) ? none : value;
  };
  const [low, high] = [bound(1, Number.NEGATIVE_INFINITY), bound(2, Number.POSITIVE_INFINITY)];
  if (typeof low === 'number' && typeof high === 'number') x = clip(s, x, low, high);
  else {
    if (low !== Number.NEGATIVE_INFINITY)
      x = op(s, 'Maximum', x, typeof low === 'number' ? s.tf.scalar(low, x.dtype) : low);
    if (high !== Number.POSITIVE_INFINITY)
      x = op(s, 'Minimum', x, typeof high === 'number' ? s.tf.scalar(high, x.dtype) : high);
  }
  return [[{ perm, value: x }]];
};

const elu: Unary = (s, x) => {
  const alpha = floatAttribute(s.node, 'alpha');
  if (alpha === 1) return op(s, 'Elu', x);
  const below = times(s, op(s, 'Expm1', op(s, 'Minimum', x, number(s, 0))), alpha);
  return op(s, 'AddV2', op(s, 'Relu', x), below);
};

const SELU = { alpha: 1.6732631921768188, gamma: 1.0507010221481323 };

const selu: Unary = (s, x) => {
  const alpha = floatAttribute(s.node, 'alpha');
  const gamma = floatAttribute(s.node, 'gamma');
  const isStandard = Math.abs(alpha - SELU.alpha) < 1e-6 && Math.abs(gamma - SELU.gamma) < 1e-6;
  if (isStandard) return op(s, 'Selu', x);
  const below = times(s, op(s, 'Expm1', op(s, 'Minimum', x, number(s, 0))), alpha);
  return times(s, op(s, 'AddV2', op(s, 'Relu', x), below), gamma);
};

const hardSigmoid: Unary = (s, x) => {
  const [alpha, beta] = [floatAttribute(s.node, 'alpha'), floatAttribute(s.node, 'beta')];
  const isSixth = Math.abs(alpha - 1 / 6) < 1e-6 && Math.abs(beta - 0.5) < 1e-6;
  return isSixth ? relu6Sixth(s, x) : clip(s, plus(s, times(s, x, alpha), beta), 0, 1);
};

/** max(0, min(1, x / 6 + 1/2)) */
const relu6Sixth = (s: Site, x: TfValue): TfValue => times(s, op(s, 'Relu6', plus(s, x, 3)), 1 / 6);

const hardSwish: Unary = (s, x) => op(s, 'Mul', x, relu6Sixth(s, x));

const gelu: Unary = (s, x) => {
  const inner =
    stringAttribute(s.node, 'approximate') === 'tanh'
      ? op(
          s,
          'Tanh',
          times(
            s,
            op(s, 'Mul', x, plus(s, times(s, op(s, 'Square', x), 0.044715), 1)),
            Math.sqrt(2 / Math.PI),
          ),
        )
      : op(s, 'Erf', times(s, x, Math.SQRT1_2));
  return op(s, 'Mul', times(s, x, 0.5), plus(s, inner, 1));
};

const thresholded: Unary = (s, x) => {
  const above = s.tf.op('Greater', [x, number(s, floatAttribute(s.node, 'alpha'))], {}, 'bool');
  return op(s, 'Mul', x, s.tf.op('Cast', [above], {}, 'float32'));
};

const shrink: Unary = (s, x) => {
  const [lambd, bias] = [floatAttribute(s.node, 'lambd'), floatAttribute(s.node, 'bias')];
  const as01 = (name: string, value: number): TfValue =>
    s.tf.op('Cast', [s.tf.op(name, [x, number(s, value)], {}, 'bool')], {}, 'float32');
  const low = op(s, 'Mul', plus(s, x, bias), as01('Less', -lambd));
  return op(s, 'AddV2', low, op(s, 'Mul', plus(s, x, -bias), as01('Greater', lambd)));
};

/**
 * The slope is broadcast to the input from the right. The wasm backend (4.22) takes slopes along the last axis only:
 * others by max(x, 0) + slope * min(x, 0).
 */
const prelu: Rule = (s) => {
  const perm = s.order(0);
  const rank = perm.length;
  const x = s.as(0, perm);
  const slope = s.spread(1, rank, perm);
  const slopes = [...new Array<number>(rank - s.rank(1)).fill(1), ...s.shape(1)];
  if (perm.every((axis, i) => i === rank - 1 || slopes[axis] === 1) && slopes[perm[rank - 1]!] !== 1)
    return [[{ perm, value: op(s, 'Prelu', x, slope) }]];
  const below = op(s, 'Mul', op(s, 'Minimum', x, number(s, 0)), slope);
  return [[{ perm, value: op(s, 'AddV2', op(s, 'Relu', x), below) }]];
};

export const ACTIVATION: Rules = {
  Relu: unary((s, x) => (x.dtype === 'float32' ? op(s, 'Relu', x) : clip(s, x, 0, Number.POSITIVE_INFINITY))),
  Sigmoid: unary(direct('Sigmoid')),
  Tanh: unary(direct('Tanh')),
  Softplus: unary(direct('Softplus')),
  Softsign: unary((s, x) => op(s, 'RealDiv', x, plus(s, op(s, 'Abs', x), 1))),
  LeakyRelu: unary((s, x) => s.tf.op('LeakyRelu', [x], { alpha: float(floatAttribute(s.node, 'alpha')) })),
  Elu: unary(elu),
  Selu: unary(selu),
  Clip: clipped,
  HardSigmoid: unary(hardSigmoid),
  HardSwish: unary(hardSwish),
  Gelu: unary(gelu),
  Mish: unary((s, x) => op(s, 'Mul', x, op(s, 'Tanh', op(s, 'Softplus', x)))),
  ThresholdedRelu: unary(thresholded),
  Shrink: unary(shrink),
  PRelu: prelu,
};
