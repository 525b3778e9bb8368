/**
 * Activation functions by the names that Keras and TensorFlow give them.
 *   relu          max(x, 0); with threshold t, slope s and maximum m: m where x >= m, x above t, s (x - t) below
 *   hard_sigmoid  clip(0.2 x + 0.5, 0, 1) in Keras 2, clip(x / 6 + 0.5, 0, 1) in Keras 3
 *   swish, silu   x sigmoid(x)
 *   gelu          x (1 + erf(x / sqrt 2)) / 2; approximate: x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
 *   mish          x tanh(log(1 + exp x))
 */
import { float, type GraphBuilder, int, type Value } from '../../../core/graph/index.ts';

export interface ActivationOptions {
  /** Slope of elu and leaky_relu below zero. */
  readonly alpha?: number | undefined;
  /** Of relu. */
  readonly maxValue?: number | undefined;
  readonly negativeSlope?: number | undefined;
  readonly threshold?: number | undefined;
  /** Of softmax and log_softmax; the last one unless told. */
  readonly axis?: number | undefined;
  /** Of gelu: with tanh instead of erf. */
  readonly approximate?: boolean | undefined;
  /** Which hard_sigmoid; Keras 2's unless told. */
  readonly kerasVersion?: 2 | 3 | undefined;
}

type Activation = (b: GraphBuilder, x: Value, options: ActivationOptions) => Value;

/**
 * @param name in any case, with or without underscores: `relu6`, `Relu6`, `leaky_relu`, `LeakyRelu`.
 * @returns undefined for a name that is not known; x itself for linear.
 */
export function activation(
  b: GraphBuilder,
  name: string,
  x: Value,
  options: ActivationOptions = {},
): Value | undefined {
  return ACTIVATIONS.get(name.toLowerCase().replaceAll('_', ''))?.(b, x, options);
}

const relu: Activation = (b, x, options) => {
  const { maxValue = Number.POSITIVE_INFINITY, negativeSlope = 0, threshold = 0 } = options;
  if (threshold !== 0) {
    // A strict comparison, as Keras has it: x = threshold gives 0.
    const above = clipAbove(b, b.op('ThresholdedRelu', [x], { alpha: float(threshold) }), maxValue);
    if (negativeSlope === 0) return above;
    const below = b.relu(b.sub(b.scalar(threshold, x), x));
    return b.sub(above, b.mul(below, b.scalar(negativeSlope, x)));
  }
  if (negativeSlope !== 0) return clipAbove(b, leaky(b, x, negativeSlope), maxValue);
  return maxValue === Number.POSITIVE_INFINITY ? b.relu(x) : clip(b, x, 0, maxValue);
};

const clip = (b: GraphBuilder, x: Value, low: number, high: number): Value =>
  b.op('Clip', [x, b.scalar(low, x), b.scalar(high, x)]);

const clipAbove = (b: GraphBuilder, x: Value, high: number): Value =>
  high === Number.POSITIVE_INFINITY ? x : b.op('Clip', [x, undefined, b.scalar(high, x)]);

const leaky = (b: GraphBuilder, x: Value, alpha: number): Value =>
  b.op('LeakyRelu', [x], { alpha: float(alpha) });

const hardSigmoid = (b: GraphBuilder, x: Value, version: 2 | 3 = 2): Value =>
  b.op('HardSigmoid', [x], { alpha: float(version === 3 ? 1 / 6 : 0.2), beta: float(0.5) });

const softplus = (b: GraphBuilder, x: Value): Value => b.op('Softplus', [x]);

const swish: Activation = (b, x) => b.mul(x, b.sigmoid(x));

const gelu: Activation = (b, x, { approximate = false }) => {
  const half = b.scalar(0.5, x);
  const one = b.scalar(1, x);
  if (!approximate) {
    const erf = b.op('Erf', [b.div(x, b.scalar(Math.SQRT2, x))]);
    return b.mul(b.mul(x, b.add(erf, one)), half);
  }
  const cube = b.mul(b.mul(x, b.mul(x, x)), b.scalar(0.044715, x));
  const inner = b.mul(b.add(x, cube), b.scalar(Math.sqrt(2 / Math.PI), x));
  return b.mul(b.mul(x, b.add(b.tanh(inner), one)), half);
};

const onAxis =
  (op: 'Softmax' | 'LogSoftmax'): Activation =>
  (b, x, { axis = -1 }) =>
    b.op(op, [x], { axis: int(axis < 0 ? axis + x.shape.length : axis) });

const linear: Activation = (_b, x) => x;

const ACTIVATIONS: ReadonlyMap<string, Activation> = new Map<string, Activation>([
  ['linear', linear],
  ['identity', linear],
  ['relu', relu],
  ['relu6', (b, x) => clip(b, x, 0, 6)],
  ['leakyrelu', (b, x, { negativeSlope, alpha = negativeSlope ?? 0.2 }) => leaky(b, x, alpha)],
  ['elu', (b, x, { alpha = 1 }) => b.op('Elu', [x], { alpha: float(alpha) })],
  ['selu', (b, x) => b.op('Selu', [x])],
  ['sigmoid', (b, x) => b.sigmoid(x)],
  ['hardsigmoid', (b, x, { kerasVersion }) => hardSigmoid(b, x, kerasVersion)],
  ['hardswish', (b, x) => b.mul(x, hardSigmoid(b, x, 3))],
  ['hardsilu', (b, x) => b.mul(x, hardSigmoid(b, x, 3))],
  ['softplus', softplus],
  ['softsign', (b, x) => b.op('Softsign', [x])],
  ['swish', swish],
  ['silu', swish],
  ['gelu', gelu],
  ['gelunew', (b, x) => gelu(b, x, { approximate: true })],
  ['tanh', (b, x) => b.tanh(x)],
  ['softmax', onAxis('Softmax')],
  ['logsoftmax', onAxis('LogSoftmax')],
  ['mish', (b, x) => b.mul(x, b.tanh(softplus(b, x)))],
  ['exponential', (b, x) => b.exp(x)],
  ['exp', (b, x) => b.exp(x)],
]);
