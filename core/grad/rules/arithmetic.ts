/**
 * Element-wise arithmetic; operands broadcast.
 *   y = a + b            da = dy            db = dy
 *   y = a - b            da = dy            db = -dy
 *   y = a * b            da = dy b          db = dy a
 *   y = a / b            da = dy / b        db = -(dy / b) y
 *   y = sum xi           dxi = dy           y = mean of n xi     dxi = dy / n
 *   y = x^p              dx = dy p x^(p-1) (0 where p = 0)       dp = dy y ln x (0 where x = 0)
 *   y = a mod b          da = dy            db = -dy (a - y) / b
 *   y = -x               dx = -dy           y = |x|              dx = dy sign(x)
 *   y = sqrt x           dx = dy / (2 y)    y = 1/x              dx = -dy y^2
 *   y = e^x              dx = dy y          y = ln x             dx = dy / x
 *   y = sin x            dx = dy cos x      y = cos x            dx = -dy sin x
 */
import { isFloating, toNumbers, type Value } from '../../graph/index.ts';
import { once } from '../axes.ts';
import type { GradientRule, InputGradient, RuleContext } from '../rule.ts';

/** p x^(p-1), in the cheapest form for the exponents that models use. */
function powerDerivative(c: RuleContext, x: Value, p: Value): Value {
  const b = c.builder;
  const tensor = c.known(1);
  const numbers = tensor?.dims.every((d) => d === 1) ? toNumbers(tensor) : [];
  const exponent = numbers[0];
  if (exponent === 1) return b.scalar(1, x);
  if (exponent === 2) return b.mul(x, b.scalar(2, x));
  if (exponent === 0.5) return b.div(b.scalar(0.5, x), c.y);
  if (exponent !== undefined && exponent !== 0)
    return b.mul(b.op('Pow', [x, b.scalar(exponent - 1, x)]), b.scalar(exponent, x));
  const derivative = b.mul(p, b.op('Pow', [x, b.sub(p, b.scalar(1, p))]));
  return b.where(b.equal(p, b.scalar(0, p)), b.scalar(0, x), derivative);
}

function pow(c: RuleContext): InputGradient[] {
  const b = c.builder;
  const x = c.input(0);
  const given = c.input(1);
  const exponent = once(() =>
    isFloating(given.dtype) && given.dtype === x.dtype ? given : b.cast(given, x.dtype),
  );
  return [
    () => b.mul(c.dy, powerDerivative(c, x, exponent())),
    () => {
      const zero = b.scalar(0, x);
      const logarithm = b.where(b.equal(x, zero), zero, b.log(x));
      return b.cast(b.mul(c.dy, b.mul(c.y, logarithm)), given.dtype);
    },
  ];
}

export const ARITHMETIC_RULES: readonly GradientRule[] = [
  { op: 'Add', gradient: (c) => [c.dy, c.dy] },
  { op: 'Sub', gradient: (c) => [c.dy, () => c.builder.neg(c.dy)] },
  {
    op: 'Mul',
    gradient: (c) => [() => c.builder.mul(c.dy, c.input(1)), () => c.builder.mul(c.dy, c.input(0))],
  },
  {
    op: 'Div',
    gradient: (c) => {
      const quotient = once(() => c.builder.div(c.dy, c.input(1)));
      return [quotient, () => c.builder.neg(c.builder.mul(quotient(), c.y))];
    },
  },
  { op: 'Sum', gradient: (c) => c.inputs.map(() => c.dy) },
  {
    op: 'Mean',
    gradient: (c) => {
      const share = once(() => c.builder.mul(c.dy, c.builder.scalar(1 / c.inputs.length, c.dy)));
      return c.inputs.map(() => share);
    },
  },
  {
    op: 'Mod',
    gradient: ({ builder: b, dy, y, ...c }) => [
      dy,
      () => b.neg(b.mul(dy, b.div(b.sub(c.input(0), y), c.input(1)))),
    ],
  },
  { op: 'Pow', gradient: pow },
  { op: 'Neg', gradient: (c) => [() => c.builder.neg(c.dy)] },
  {
    op: 'Abs',
    // From two comparisons: Sign has no kernel on every device.
    gradient: ({ builder: b, dy, ...c }) => [
      () => {
        const x = c.input(0);
        const zero = b.scalar(0, x);
        const sign = b.sub(b.cast(b.greater(x, zero), x.dtype), b.cast(b.less(x, zero), x.dtype));
        return b.mul(dy, sign);
      },
    ],
  },
  {
    op: 'Sqrt',
    gradient: ({ builder: b, dy, y }) => [() => b.div(b.mul(dy, b.scalar(0.5, dy)), y)],
  },
  {
    op: 'Reciprocal',
    gradient: ({ builder: b, dy, y }) => [() => b.neg(b.mul(dy, b.mul(y, y)))],
  },
  { op: 'Exp', gradient: ({ builder: b, dy, y }) => [() => b.mul(dy, y)] },
  { op: 'Log', gradient: (c) => [() => c.builder.div(c.dy, c.input(0))] },
  { op: 'Sin', gradient: (c) => [() => c.builder.mul(c.dy, c.builder.op('Cos', [c.input(0)]))] },
  {
    op: 'Cos',
    gradient: (c) => [() => c.builder.neg(c.builder.mul(c.dy, c.builder.op('Sin', [c.input(0)])))],
  },
];
