/**
 * Conv            y = x * w + b        dx = ConvInputGradient(dy, w)   dw = ConvWeightGradient(x, dy)   db = sum(dy)
 * ConvTranspose   y = x *^T w + b      dx = Conv(dy, w)                dw = ConvWeightGradient(dy, x)   db = sum(dy)
 * Sums over all axes but the channels'. A transposed convolution is the input gradient of a convolution with the same
 * window, so that its own gradients are that convolution and its weight gradient with x and dy exchanged.
 */
import {
  type Attributes,
  int,
  intAttribute,
  ints,
  intsAttribute,
  stringAttribute,
  type Value,
} from '../../graph/index.ts';
import { once } from '../axes.ts';
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
  const group = intAttribute(c.node, 'group');
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

/**
 * The window of a transposed convolution, and how far along each axis it reaches. Where the output's size is given
 * (output_shape, or auto_pad SAME: input size times stride), the padding is what is left over,
 *   total = stride (size - 1) + output_padding + extent - output,
 * halved, with an odd one at the end for SAME_UPPER and at the beginning else.
 */
function transposedWindow(c: RuleContext): { window: Window; reached: readonly number[] } {
  const spatial = c.shape(0).slice(2);
  const auto = stringAttribute(c.node, 'auto_pad');
  const given = intsAttribute(c.node, 'output_shape', undefined);
  const unpadded = { ...c.node, attributes: without(c.node.attributes, 'auto_pad') };
  const plain = windowOf(unpadded, spatial, c.shape(1).slice(2));
  const { kernel, strides, dilations } = plain;
  const extra = intsAttribute(c.node, 'output_padding', undefined) ?? spatial.map(() => 0);
  const whole = spatial.map((size, i) => strides[i]! * (size - 1) + dilations[i]! * (kernel[i]! - 1) + 1);
  const output = c.y.shape.slice(2) as readonly number[];
  let pads = auto === 'VALID' ? plain.pads.map(() => 0) : plain.pads;
  if (given || auto.startsWith('SAME')) {
    const totals = whole.map((size, i) => Math.max(0, size + extra[i]! - output[i]!));
    const smaller = totals.map((t) => Math.floor(t / 2));
    const larger = totals.map((t, i) => t - smaller[i]!);
    pads = auto === 'SAME_UPPER' ? [...smaller, ...larger] : [...larger, ...smaller];
  }
  const reached = whole.map((size, i) => Math.min(output[i]!, size - pads[i]!));
  // Of the padding at the end only that counts which cuts windows: the rest was output padding.
  const ends = whole.map((size, i) => Math.max(0, size - pads[i]! - output[i]!));
  return { window: { ...plain, pads: [...pads.slice(0, spatial.length), ...ends] }, reached };
}

function without(attributes: Attributes, name: string): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => key !== name));
}

function convTranspose(c: RuleContext): InputGradient[] {
  const { window, reached } = transposedWindow(c);
  const group = intAttribute(c.node, 'group');
  // What lies behind the last window has no part in x or w.
  const dy = once(() => {
    const axes = reached.flatMap((size, i) => (size < (c.dy.shape[i + 2] as number) ? [i] : []));
    if (axes.length === 0) return c.dy;
    return c.builder.slice(
      c.dy,
      axes.map(() => 0),
      axes.map((i) => reached[i]!),
      axes.map((i) => i + 2),
    );
  });
  return [
    () =>
      c.builder.op('Conv', [dy(), c.input(1)], {
        ...windowAttributes(window),
        dilations: ints(window.dilations),
        group: int(group),
      }),
    () => weightGradient(c, dy(), c.input(0), window, group),
    ...(c.inputs.length > 2 ? [() => sumOverChannels(c)] : []),
  ];
}

export const CONVOLUTION_RULES: readonly GradientRule[] = [
  { op: 'Conv', gradient: conv },
  { op: 'ConvTranspose', gradient: convTranspose },
];
