/**
 * Activations. Formulas of those that are ops of our own stand in ops.ts.
 *   Relu, Clip, Sigmoid, HardSigmoid, HardSwish, Tanh, Gelu: see ops.ts
 *   LeakyRelu, PRelu   y = x > 0 ? x : s x                  dx = x > 0 ? dy : s dy      ds = x > 0 ? 0 : x dy
 *   Elu                y = x > 0 ? x : a (e^x - 1)          dx = x > 0 ? dy : dy (y + a)
 *   Selu               y = g (x > 0 ? x : a (e^x - 1))      dx = x > 0 ? g dy : dy (y + g a)
 *   Erf                y = erf x                            dx = dy 2/sqrt(pi) e^(-x^2)
 *   Softplus           y = ln(1 + e^x)                      dx = dy sigmoid(x)
 *   Softsign           y = x / (1 + |x|)                    dx = dy / (1 + |x|)^2
 *   ThresholdedRelu    y = x > a ? x : 0                    dx = x > a ? dy : 0
 *   Shrink             y = x -+ bias where |x| > lambd, else 0          dx = dy there, else 0
 *   Mish               y = x t, t = tanh(softplus(x))       dx = dy (t + x (1 - t^2) sigmoid(x))
 *   Clip with bounds that only a run knows: d(min) = dy where x <= min, d(max) = dy where x >= max
 */
import {
  type Attributes,
  float,
  floatAttribute,
  str,
  stringAttribute,
  toNumbers,
  type Value,
} from '../../graph/index.ts';
import { emitGradientOp, type GradientOpName } from '../ops.ts';
import type { GradientRule, InputGradient, RuleContext } from '../rule.ts';

/** dx by a gradient op that reads dy and either the input or the output. */
function own(op: GradientOpName, reads: 'x' | 'y', attributes: (c: RuleContext) => Attributes = () => ({})) {
  return (c: RuleContext): InputGradient[] => [
    () => {
      const { dtype, shape } = c.dy;
      const read = reads === 'x' ? c.input(0) : c.y;
      return emitGradientOp(c.builder, op, [read, c.dy], attributes(c), [{ dtype, shape }])[0];
    },
  ];
}

const positive = (c: RuleContext): Value => c.builder.greater(c.input(0), c.builder.scalar(0, c.input(0)));

function clip(c: RuleContext): InputGradient[] {
  const bound = (name: 'min' | 'max', i: number): number | undefined => {
    const tensor = c.known(i);
    const value = tensor ? toNumbers(tensor)[0] : floatAttribute(c.node, name, undefined);
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  };
  if ([1, 2].some((i) => c.inputs[i] && !c.known(i))) return clipByValues(c);
  const [min, max] = [bound('min', 1), bound('max', 2)];
  if (min === undefined && max === undefined) return [c.dy];
  return own('ClipGradient', 'x', () => ({
    ...(min === undefined ? {} : { min: float(min) }),
    ...(max === undefined ? {} : { max: float(max) }),
  }))(c);
}

function clipByValues(c: RuleContext): InputGradient[] {
  const { builder: b, dy } = c;
  const [x, min, max] = [c.input(0), c.inputs[1], c.inputs[2]];
  const zero = b.scalar(0, x);
  return [
    () => {
      const above = min ? b.where(b.greater(x, min), dy, zero) : dy;
      return max ? b.where(b.less(x, max), above, zero) : above;
    },
    () => min && b.where(b.greater(x, min), zero, dy),
    () => max && b.where(b.less(x, max), zero, dy),
  ].slice(0, c.inputs.length);
}

export const ACTIVATION_RULES: readonly GradientRule[] = [
  { op: 'Relu', gradient: own('ReluGradient', 'y') },
  { op: 'Clip', gradient: clip },
  { op: 'Sigmoid', gradient: own('SigmoidGradient', 'y') },
  { op: 'Tanh', gradient: own('TanhGradient', 'y') },
  { op: 'HardSwish', gradient: own('HardSwishGradient', 'x') },
  {
    op: 'HardSigmoid',
    gradient: own('HardSigmoidGradient', 'x', (c) => ({
      alpha: float(floatAttribute(c.node, 'alpha')),
      beta: float(floatAttribute(c.node, 'beta')),
    })),
  },
  {
    op: 'Gelu',
    gradient: own('GeluGradient', 'x', (c) => ({
      approximate: str(stringAttribute(c.node, 'approximate')),
    })),
  },
  {
    op: 'LeakyRelu',
    gradient: (c) => [
      () => {
        const slope = c.builder.scalar(floatAttribute(c.node, 'alpha'), c.dy);
        return c.builder.where(positive(c), c.dy, c.builder.mul(c.dy, slope));
      },
    ],
  },
  {
    op: 'PRelu',
    gradient: (c) => [
      () => c.builder.where(positive(c), c.dy, c.builder.mul(c.dy, c.input(1))),
      () => c.builder.where(positive(c), c.builder.scalar(0, c.dy), c.builder.mul(c.dy, c.input(0))),
    ],
  },
  {
    op: 'Elu',
    gradient: ({ builder: b, dy, y, ...c }) => [
      () => {
        const alpha = b.scalar(floatAttribute(c.node, 'alpha'), dy);
        return b.where(b.greater(y, b.scalar(0, y)), dy, b.mul(dy, b.add(y, alpha)));
      },
    ],
  },
  {
    op: 'Selu',
    gradient: ({ builder: b, dy, y, ...c }) => [
      () => {
        const alpha = floatAttribute(c.node, 'alpha');
        const gamma = floatAttribute(c.node, 'gamma');
        const negative = b.add(y, b.scalar(alpha * gamma, y));
        return b.mul(dy, b.where(b.greater(y, b.scalar(0, y)), b.scalar(gamma, y), negative));
      },
    ],
  },
  {
    op: 'Erf',
    gradient: (c) => [
      () => {
        const b = c.builder;
        const x = c.input(0);
        return b.mul(c.dy, b.mul(b.exp(b.neg(b.mul(x, x))), b.scalar(2 / Math.sqrt(Math.PI), x)));
      },
    ],
  },
  { op: 'Softplus', gradient: (c) => [() => c.builder.mul(c.dy, c.builder.sigmoid(c.input(0)))] },
  {
    op: 'Softsign',
    gradient: (c) => [
      () => {
        const b = c.builder;
        const x = c.input(0);
        const denominator = b.add(b.op('Abs', [x]), b.scalar(1, x));
        return b.div(c.dy, b.mul(denominator, denominator));
      },
    ],
  },
  {
    op: 'ThresholdedRelu',
    gradient: ({ builder: b, dy, ...c }) => [
      () => {
        const x = c.input(0);
        const threshold = b.scalar(floatAttribute(c.node, 'alpha'), x);
        return b.where(b.greater(x, threshold), dy, b.scalar(0, dy));
      },
    ],
  },
  {
    op: 'Shrink',
    gradient: ({ builder: b, dy, ...c }) => [
      () => {
        const x = c.input(0);
        const threshold = b.scalar(floatAttribute(c.node, 'lambd'), x);
        return b.where(b.greater(b.op('Abs', [x]), threshold), dy, b.scalar(0, dy));
      },
    ],
  },
  {
    op: 'Mish',
    gradient: (c) => [
      () => {
        const b = c.builder;
        const x = c.input(0);
        const t = b.tanh(b.op('Softplus', [x]));
        const slope = b.mul(b.mul(x, b.sigmoid(x)), b.sub(b.scalar(1, x), b.mul(t, t)));
        return b.mul(c.dy, b.add(t, slope));
      },
    ],
  },
];
