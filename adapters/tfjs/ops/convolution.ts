/** Convolutions on [batch, ...spatial, channels], with kernels as TensorFlow keeps them. */
import { MarnetError } from '../../../core/errors.ts';
import { type GraphBuilder, int, ints, type Tensor, type Value } from '../../../core/graph/index.ts';
import { spatialOf, toChannelsFirst, toChannelsLast } from './channels.ts';
import { convolutionKernel, depthwiseKernel } from './kernel.ts';
import { halves, type Padding, paddingAttributes, padsAttribute } from './padding.ts';

export interface ConvolutionOptions {
  /** One for each spatial axis; 1 unless told. */
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  /** VALID unless told. */
  readonly padding?: Padding;
  /** [out]; added to the result. */
  readonly bias?: Tensor | undefined;
  /** Names for the constants that the weights become. */
  readonly kernelName?: string;
  readonly biasName?: string;
}

export interface TransposedConvolutionOptions extends Omit<ConvolutionOptions, 'dilations'> {
  /** Spatial sizes of the result, where a convolution of several sizes would give the input's. */
  readonly outputShape?: readonly number[] | undefined;
}

/**
 * Convolution in one or two spatial dimensions; in groups where the kernel has fewer channels than x.
 * @param kernel [...window, in / groups, out]
 */
export function conv(b: GraphBuilder, x: Value, kernel: Tensor, options: ConvolutionOptions = {}): Value {
  const [channels, inputs] = [x.shape.at(-1), kernel.dims.at(-2)!];
  if (typeof channels !== 'number' || channels % inputs !== 0)
    throw new MarnetError(
      'unsupported-model',
      `a kernel of shape [${kernel.dims}] does not fit a value of shape [${x.shape}]`,
      { hint: 'The last axis of the value must be a multiple of the kernel’s last but one.' },
    );
  return convolve(b, x, convolutionKernel(kernel), channels / inputs, options);
}

/** @param kernel [height, width, in, multiplier] */
export function depthwiseConv(
  b: GraphBuilder,
  x: Value,
  kernel: Tensor,
  options: ConvolutionOptions = {},
): Value {
  return convolve(b, x, depthwiseKernel(kernel), kernel.dims[2]!, options);
}

function convolve(
  b: GraphBuilder,
  x: Value,
  weight: Tensor,
  groups: number,
  options: ConvolutionOptions,
): Value {
  const window = weight.dims.slice(2);
  const ones = window.map(() => 1);
  const { strides = ones, dilations = ones, padding = 'VALID' } = options;
  const attributes = {
    kernel_shape: ints(window),
    strides: ints(strides),
    dilations: ints(dilations),
    group: int(groups),
    ...paddingAttributes(padding, { kind: 'convolution', sizes: spatialOf(x), window, strides, dilations }),
  };
  return toChannelsLast(
    b,
    b.op('Conv', [toChannelsFirst(b, x), ...weightsOf(b, weight, options)], attributes),
  );
}

/**
 * Transposed convolution (the gradient of a convolution in its input) in one or two spatial dimensions. Without
 * `outputShape` the result has in * stride positions with SAME, in * stride + max(window - stride, 0) with VALID.
 * @param kernel [...window, out, in]
 */
export function convTranspose(
  b: GraphBuilder,
  x: Value,
  kernel: Tensor,
  options: TransposedConvolutionOptions = {},
): Value {
  // The gradient's kernel has in and out the other way round, so both permutations are the same.
  const weight = convolutionKernel(kernel);
  const window = weight.dims.slice(2);
  const { strides = window.map(() => 1), padding = 'VALID', outputShape } = options;
  const pairs: (readonly [number, number])[] = [];
  const extra: number[] = [];
  spatialOf(x).forEach((size, i) => {
    const [k, s] = [window[i]!, strides[i]!];
    const given = outputShape?.[i];
    if (given !== undefined && typeof size !== 'number')
      throw new MarnetError(
        'unsupported-model',
        `a transposed convolution to size ${given} from a size that is not known ([${x.shape}])`,
        { hint: 'Give the model fixed image sizes and convert it again.' },
      );
    // How much longer than the result the sum of all shifted kernels is; the rest is cut off, or zeros are added.
    const surplus =
      given !== undefined
        ? ((size as number) - 1) * s + k - given
        : padding === 'VALID'
          ? Math.min(k - s, 0)
          : padding === 'SAME'
            ? k - s
            : padding.explicit[i]![0] + padding.explicit[i]![1];
    const explicit = typeof padding === 'object' ? padding.explicit[i]! : undefined;
    const cut = padding === 'VALID' ? ([0, 0] as const) : halves(Math.max(surplus, 0));
    const pair = explicit ?? cut;
    pairs.push(pair);
    extra.push(Math.max(pair[0] + pair[1] - surplus, 0));
  });
  const y = b.op('ConvTranspose', [toChannelsFirst(b, x), ...weightsOf(b, weight, options)], {
    kernel_shape: ints(window),
    strides: ints(strides),
    ...padsAttribute(pairs),
    ...(extra.some((e) => e > 0) ? { output_padding: ints(extra) } : {}),
  });
  return toChannelsLast(b, y);
}

function weightsOf(
  b: GraphBuilder,
  weight: Tensor,
  options: ConvolutionOptions,
): [weight: Value, bias: Value | undefined] {
  const kernel = b.weight(options.kernelName ?? 'kernel', weight);
  return [kernel, options.bias && b.weight(options.biasName ?? 'bias', options.bias)];
}
