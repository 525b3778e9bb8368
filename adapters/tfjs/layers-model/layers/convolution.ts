import type { Value } from '../../../../core/graph/index.ts';
import { conv, convTranspose, depthwiseConv, type Padding, pad } from '../../ops/index.ts';
import type { LayerCall, LayerTranslation } from '../layer-call.ts';
import { activated } from './activation.ts';

/** 1 or 2 spatial dimensions. */
const convolution =
  (dimensions: 1 | 2): LayerTranslation =>
  (call) => {
    const kernel = call.weight('kernel');
    const bias = call.weightIf(call.flag('use_bias', true), 'bias');
    const dilations = call.perAxis('dilation_rate', dimensions, 1);
    const causal = call.text('padding', 'valid') === 'causal';
    const y = conv(
      call.builder,
      causal ? padPast(call, (kernel.dims[0]! - 1) * dilations[0]!) : call.x,
      kernel,
      {
        strides: call.perAxis('strides', dimensions, 1),
        dilations,
        padding: causal ? 'VALID' : call.padding(),
        bias,
        ...namesOf(call, 'kernel'),
      },
    );
    return activated(call, y);
  };

/** Causal padding: each position sees only those before it. */
function padPast(call: LayerCall, count: number): Value {
  return pad(call.builder, call.x, [
    [0, 0],
    [count, 0],
    [0, 0],
  ]);
}

/** With its `dilation_rate`, as in Keras; tfjs-layers (4.22) reads that but computes as if it were 1. */
const depthwise: LayerTranslation = (call) => {
  const kernel = call.weight('depthwise_kernel', 'kernel');
  const y = depthwiseConv(call.builder, call.x, kernel, {
    ...window(call),
    bias: call.weightIf(call.flag('use_bias', true), 'bias'),
    ...namesOf(call, 'depthwise_kernel'),
  });
  return activated(call, y);
};

/** A depthwise convolution, then one of 1 x 1 that has the bias. */
const separable: LayerTranslation = (call) => {
  const depthwiseKernel = call.weight('depthwise_kernel');
  const pointwiseKernel = call.weight('pointwise_kernel');
  const bias = call.weightIf(call.flag('use_bias', true), 'bias');
  const spatial = depthwiseConv(call.builder, call.x, depthwiseKernel, {
    ...window(call),
    ...namesOf(call, 'depthwise_kernel'),
  });
  const y = conv(call.builder, spatial, pointwiseKernel, { bias, ...namesOf(call, 'pointwise_kernel') });
  return activated(call, y);
};

const transposed: LayerTranslation = (call) => {
  const kernel = call.weight('kernel');
  const bias = call.weightIf(call.flag('use_bias', true), 'bias');
  if (call.perAxis('dilation_rate', 2, 1).some((d) => d > 1))
    throw call.unsupported('a transposed convolution with a dilation has no translation');
  if (call.config.output_padding !== undefined && call.config.output_padding !== null)
    throw call.unsupported('output_padding has no translation');
  const y = convTranspose(call.builder, call.x, kernel, {
    strides: call.perAxis('strides', 2, 1),
    padding: call.padding(),
    bias,
    ...namesOf(call, 'kernel'),
  });
  return activated(call, y);
};

function window(call: LayerCall): {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: Padding;
} {
  return {
    strides: call.perAxis('strides', 2, 1),
    dilations: call.perAxis('dilation_rate', 2, 1),
    padding: call.padding(),
  };
}

function namesOf(
  call: LayerCall,
  kernel: string,
): { readonly kernelName: string; readonly biasName: string } {
  return { kernelName: `${call.name}/${kernel}`, biasName: `${call.name}/bias` };
}

export const CONVOLUTION_LAYERS: readonly (readonly [string, LayerTranslation])[] = [
  ['Conv1D', convolution(1)],
  ['Conv2D', convolution(2)],
  ['DepthwiseConv2D', depthwise],
  ['SeparableConv2D', separable],
  ['Conv2DTranspose', transposed],
];
