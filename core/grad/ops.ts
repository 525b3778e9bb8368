/**
 * Ops of our own that gradient rules may emit where plain ONNX has no natural form. They say *what* is wanted;
 * core/lower says *how* on a device. All live in the domain 'marnet.grad' and never leave the project: a lowered
 * graph holds none of them.
 *
 * Conventions: `dy` is the gradient of the forward op's output, `x` its input, `y` its output. Attributes named as
 * in ONNX mean the same, but are always present and resolved: pads are explicit (begins, then ends; auto_pad is
 * resolved), axes are non-negative, shapes are fixed.
 */
import type { Attributes, DType, GraphBuilder, Shape, Value } from '../graph/index.ts';

export const GRAD_DOMAIN = 'marnet.grad';

export interface GradientOp {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attribute kinds by name; a kind that ends in '?' may be absent. */
  readonly attributes: Readonly<Record<string, 'int' | 'ints' | 'float' | 'float?' | 'string'>>;
}

const WINDOW = { kernel_shape: 'ints', strides: 'ints', pads: 'ints' } as const;
const CONV = { ...WINDOW, dilations: 'ints', group: 'int', input_shape: 'ints' } as const;

export const GRADIENT_OPS = {
  /** dx of y = Conv(x, w): the transposed convolution of dy with w, of shape `input_shape`. */
  ConvInputGradient: { inputs: ['dy', 'w'], outputs: ['dx'], attributes: CONV },
  /** dw of y = Conv(x, w): the correlation of x with dy, of shape `weight_shape`. `input_shape` is that of x. */
  ConvWeightGradient: {
    inputs: ['x', 'dy'],
    outputs: ['dw'],
    attributes: { ...CONV, weight_shape: 'ints' },
  },
  /** dx of y = MaxPool(x): dy goes to the first maximum of each window in row-major order, as in PyTorch. */
  MaxPoolGradient: {
    inputs: ['x', 'y', 'dy'],
    outputs: ['dx'],
    attributes: { ...WINDOW, dilations: 'ints', ceil_mode: 'int' },
  },
  /** dx of y = AveragePool(x), of shape `input_shape`: dy over the window's divisor, spread over the window. */
  AveragePoolGradient: {
    inputs: ['dy'],
    outputs: ['dx'],
    attributes: {
      ...WINDOW,
      dilations: 'ints',
      ceil_mode: 'int',
      count_include_pad: 'int',
      input_shape: 'ints',
    },
  },
  /**
   * d(data) of y = Gather(data, indices), of shape `data_shape`: rows of dy added up at their indices.
   * Indices are int32 or int64 and may be negative, as in Gather.
   */
  GatherGradient: {
    inputs: ['indices', 'dy'],
    outputs: ['dx'],
    attributes: { axis: 'int', data_shape: 'ints' },
  },
  /** dx = dy * (y > 0). */
  ReluGradient: { inputs: ['y', 'dy'], outputs: ['dx'], attributes: {} },
  /** dx = dy where min < x < max, else 0; a bound that is absent does not bind. At a bound 0, as in PyTorch's ReLU6. */
  ClipGradient: { inputs: ['x', 'dy'], outputs: ['dx'], attributes: { min: 'float?', max: 'float?' } },
  /** y = x * clip(x/6 + 1/2, 0, 1): dx = dy * (0 for x <= -3, 1 for x >= 3, else x/3 + 1/2). */
  HardSwishGradient: { inputs: ['x', 'dy'], outputs: ['dx'], attributes: {} },
  /** y = clip(alpha*x + beta, 0, 1): dx = dy * alpha where 0 < alpha*x + beta < 1, else 0. */
  HardSigmoidGradient: {
    inputs: ['x', 'dy'],
    outputs: ['dx'],
    attributes: { alpha: 'float', beta: 'float' },
  },
  /** dx = dy * y * (1 - y). */
  SigmoidGradient: { inputs: ['y', 'dy'], outputs: ['dx'], attributes: {} },
  /** dx = dy * (1 - y^2). */
  TanhGradient: { inputs: ['y', 'dy'], outputs: ['dx'], attributes: {} },
  /**
   * approximate 'none': y = x * P(x), P(x) = (1 + erf(x/sqrt(2)))/2; dx = dy * (P(x) + x*exp(-x^2/2)/sqrt(2*pi)).
   * approximate 'tanh': y = x/2 * (1 + t), t = tanh(k*(x + c*x^3)), k = sqrt(2/pi), c = 0.044715;
   * dx = dy * ((1 + t)/2 + x/2 * (1 - t^2) * k * (1 + 3*c*x^2)).
   */
  GeluGradient: { inputs: ['x', 'dy'], outputs: ['dx'], attributes: { approximate: 'string' } },
  /** dx = y * (dy - sum(dy * y)), sums along `axis` alone. */
  SoftmaxGradient: { inputs: ['y', 'dy'], outputs: ['dx'], attributes: { axis: 'int' } },
  /** dx = dy - exp(y) * sum(dy), sums along `axis` alone. */
  LogSoftmaxGradient: { inputs: ['y', 'dy'], outputs: ['dx'], attributes: { axis: 'int' } },
  /**
   * y = scale * h + bias, h = (x - mean) * r, r = 1/sqrt(variance + epsilon), statistics over the axes from `axis` on.
   * g = dy * scale; dx = r * (g - mean(g) - h * mean(g * h)); dscale and dbias, of shape x.shape[axis:], are the sums
   * of dy * h and of dy over the axes before `axis`.
   */
  LayerNormalizationGradient: {
    inputs: ['x', 'scale', 'dy'],
    outputs: ['dx', 'dscale', 'dbias'],
    attributes: { axis: 'int', epsilon: 'float' },
  },
  /** y = x in the forward direction; differentiation does not go past it. Lowered to nothing. */
  StopGradient: { inputs: ['x'], outputs: ['y'], attributes: {} },
} as const satisfies Record<string, GradientOp>;

export type GradientOpName = keyof typeof GRADIENT_OPS;

/** Appends a gradient op; `types` are those of its outputs, in order. Returns all of its outputs. */
export function emitGradientOp(
  builder: GraphBuilder,
  op: GradientOpName,
  inputs: readonly Value[],
  attributes: Attributes,
  types: readonly { readonly dtype: DType; readonly shape: Shape }[],
): Value[] {
  if (!builder.graph.opsets.has(GRAD_DOMAIN)) builder.graph.opsets.set(GRAD_DOMAIN, 1);
  return builder.emit(`${GRAD_DOMAIN}:${op}`, inputs, attributes, { outputs: types.length, types });
}

/**
 * The same value, past which differentiation does not go: what depends on `value` through the result alone gets no
 * gradient from it.
 */
export function stopGradient(builder: GraphBuilder, value: Value): Value {
  return emitGradientOp(builder, 'StopGradient', [value], {}, [
    { dtype: value.dtype, shape: value.shape },
  ])[0]!;
}
