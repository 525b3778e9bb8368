/**
 * MaxPool            dx = MaxPoolGradient(x, y, dy): to the first maximum of each window
 * AveragePool        dx = AveragePoolGradient(dy): dy / divisor, spread over the window
 * GlobalAveragePool  y = mean of x over n positions     dx = dy / n, repeated
 */
import { int, intAttribute, ints, intsAttribute } from '../../graph/index.ts';
import { productOf } from '../axes.ts';
import { emitGradientOp } from '../ops.ts';
import type { GradientRule, InputGradient, RuleContext } from '../rule.ts';
import { type Window, windowAttributes, windowOf } from '../window.ts';

function poolWindow(c: RuleContext): Window {
  return windowOf(c.node, c.shape(0).slice(2), intsAttribute(c.node, 'kernel_shape'));
}

const ceilMode = (c: RuleContext) => int(intAttribute(c.node, 'ceil_mode'));

function maxPool(c: RuleContext): InputGradient[] {
  const window = poolWindow(c);
  const { dtype, shape } = c.input(0);
  const attributes = {
    ...windowAttributes(window),
    dilations: ints(window.dilations),
    ceil_mode: ceilMode(c),
  };
  return [
    () =>
      emitGradientOp(c.builder, 'MaxPoolGradient', [c.input(0), c.y, c.dy], attributes, [
        { dtype, shape },
      ])[0],
  ];
}

function averagePool(c: RuleContext): InputGradient[] {
  const window = poolWindow(c);
  const { dtype, shape } = c.input(0);
  const attributes = {
    ...windowAttributes(window),
    dilations: ints(window.dilations),
    ceil_mode: ceilMode(c),
    count_include_pad: int(intAttribute(c.node, 'count_include_pad')),
    input_shape: ints(c.shape(0)),
  };
  return [() => emitGradientOp(c.builder, 'AveragePoolGradient', [c.dy], attributes, [{ dtype, shape }])[0]];
}

export const POOLING_RULES: readonly GradientRule[] = [
  { op: 'MaxPool', gradient: maxPool },
  { op: 'AveragePool', gradient: averagePool },
  {
    op: 'GlobalAveragePool',
    gradient: ({ builder: b, dy, ...c }) => [
      () => b.expand(b.mul(dy, b.scalar(1 / productOf(c.shape(0).slice(2)), dy)), c.shape(0)),
    ],
  },
];
