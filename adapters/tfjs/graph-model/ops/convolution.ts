import { conv, convTranspose, depthwiseConv } from '../../ops/index.ts';
import type { Operation, Translation, Translations } from '../operation.ts';
import type { Size } from '../sizes.ts';
import { biasTensor, type Fused, finish, fusedOf } from './fused.ts';
import { inChannelsLast, isChannelsFirst, paddingOf, spatial } from './window.ts';

const NONE: Fused = { bias: undefined, activation: undefined, slope: undefined };

const convolution =
  (kind: typeof conv, fuses: boolean): Translation =>
  (operation) => {
    const fused = fuses ? fusedOf(operation) : NONE;
    const kernel = operation.tensor(1);
    // A name for the constant in its new layout: users meet it as a parameter.
    const options = {
      strides: spatial(operation, 'strides'),
      dilations: spatial(operation, 'dilations'),
      padding: paddingOf(operation),
      bias: biasTensor(fused),
      ...names(operation, fused),
    };
    return inChannelsLast(operation, operation.x(0), (b, x) =>
      finish(operation, kind(b, x, kernel, options), fused, options.bias !== undefined),
    );
  };

function names(operation: Operation, { bias }: Fused): { kernelName: string; biasName: string } {
  return {
    kernelName: operation.operand(1).name ?? `${operation.node.name}/kernel`,
    biasName: bias?.name ?? `${operation.node.name}/bias`,
  };
}

/** Inputs: the sizes of the result, the kernel [height, width, out, in], x. */
const transposed: Translation = (operation) => {
  const sizes = operation.sizes(0);
  const at = sizes.length === 2 ? 0 : isChannelsFirst(operation) ? 2 : 1;
  const options = {
    strides: spatial(operation, 'strides'),
    padding: paddingOf(operation),
    outputShape: fixed(operation, sizes.slice(at, at + 2)),
    kernelName: operation.operand(1).name ?? `${operation.node.name}/kernel`,
  };
  if (spatial(operation, 'dilations').some((d) => d !== 1))
    operation.fail('has dilations, which a transposed convolution of TensorFlow.js does not have');
  return inChannelsLast(operation, operation.x(2), (b, x) =>
    convTranspose(b, x, operation.tensor(1), options),
  );
};

/** Sizes computed from an open size are those that the strides and the padding give. */
function fixed(operation: Operation, sizes: readonly Size[]): readonly number[] | undefined {
  const known = sizes.filter((size) => typeof size === 'number' && size > 0);
  if (known.length === sizes.length) return known as number[];
  return paddingOf(operation) === 'SAME' || paddingOf(operation) === 'VALID'
    ? undefined
    : operation.fail('has no sizes');
}

export const CONVOLUTIONS: Translations = {
  Conv2D: convolution(conv, false),
  _FusedConv2D: convolution(conv, true),
  DepthwiseConv2d: convolution(depthwiseConv, false),
  DepthwiseConv2dNative: convolution(depthwiseConv, false),
  FusedDepthwiseConv2dNative: convolution(depthwiseConv, true),
  Conv2DBackpropInput: transposed,
};
