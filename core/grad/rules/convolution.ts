/**
 * Conv            y = x * w + b        dx = ConvInputGradient(dy, w)   dw = ConvWeightGradient(x, dy)   db = sum(dy)
 * ConvTranspose   y = x *^T w + b      dx = Conv(dy, w)                dw = ConvWeightGradient(dy, x)   db = sum(dy)
 * Sums over all axes but the channels'. A transposed convolution is the input gradient of a convolution with the same
 * window, so that its own gradients are that convolution and its weight gradient with x and dy exchanged.
 */
import { int, intAttribute, ints, intsAttribute, stringAttribute, type Value } from '../../graph/index.ts';
import { emitGradientOp } from '../ops.ts';
import type { GradientRule, InputGradient, RuleContext } from '../rule.ts';
import { convolutionAttributes, type Window, windowAttributes, windowOf } from '../window.ts';

function sumOverChannels(c: RuleContext): Value {
  return c.builder.reduceSum(c.dy, [0, ...c.dy.shape.slice(2).map((_, i) => i + 2)]);
}

/** dw of image * w with output gradient `gradient`. */
function weightGradient(c: RuleContext, image: Value, gradient: Value, window: Window, group: number) {
  const { dtype, shape } = c.input(1);
  const attributes = {
    ...convolutionAttributes(window, group, image.shape as number[]),
    weight_shape: ints(shape as number[]),
  };
  return emitGradientOp(c.builder, 'ConvWeightGradient', [image, gradient], attributes, [
    { dtype, shape },
  ])[0];
}

function conv(c: RuleContext): InputGradient[] {
  const window = windowOf(c.node, c.shape(0).slice(2), c.shape(1).slice(2));
  const group = intAttribute(c.node, 'group', 1);
  return [
    () => {
      const { dtype, shape } = c.input(0);
      const attributes = convolutionAttributes(window, group, c.shape(0));
      return emitGradientOp(c.builder, 'ConvInputGradient', [c.dy, c.input(1)], attributes, [
        { dtype, shape },
      ])[0];
    },
    () => weightGradient(c, c.input(0), c.dy, window, group),
    ...(c.inputs.length > 2 ? [() => sumOverChannels(c)] : []),
  ];
}

function convTranspose(c: RuleContext): InputGradient[] {
  const auto = stringAttribute(c.node, 'auto_pad', 'NOTSET');
  if (auto.startsWith('SAME') || intsAttribute(c.node, 'output_shape', undefined))
    throw c.unsupported('its padding is given by auto_pad or output_shape, not by pads');
  const window = windowOf(c.node, c.shape(0).slice(2), c.shape(1).slice(2));
  const group = intAttribute(c.node, 'group', 1);
  return [
    () =>
      c.builder.op('Conv', [c.dy, c.input(1)], {
        ...windowAttributes(window),
        dilations: ints(window.dilations),
        group: int(group),
      }),
    () => weightGradient(c, c.dy, c.input(0), window, group),
    ...(c.inputs.length > 2 ? [() => sumOverChannels(c)] : []),
  ];
}

export const CONVOLUTION_RULES: readonly GradientRule[] = [
  { op: 'Conv', gradient: conv },
  { op: 'ConvTranspose', gradient: convTranspose },
];
