/**
 * Trigonometric and hyperbolic functions and their inverses. Sin and Cos: see arithmetic.ts; Tanh: see activation.ts.
 *   y = tan x      dx = dy (1 + y^2)            y = sinh x     dx = dy cosh x
 *   y = asin x     dx = dy / sqrt(1 - x^2)      y = cosh x     dx = dy sinh x
 *   y = acos x     dx = -dy / sqrt(1 - x^2)     y = asinh x    dx = dy / sqrt(x^2 + 1)
 *   y = atan x     dx = dy / (1 + x^2)          y = acosh x    dx = dy / sqrt(x^2 - 1)
 *                                               y = atanh x    dx = dy / (1 - x^2)
 */
import type { GraphBuilder, Value } from '../../graph/index.ts';
import type { GradientRule } from '../rule.ts';

/** dx from the builder, x, y and dy. */
type Slope = (b: GraphBuilder, x: Value, y: Value, dy: Value) => Value;

const square = (b: GraphBuilder, x: Value): Value => b.mul(x, x);
const one = (b: GraphBuilder, x: Value): Value => b.scalar(1, x);
const onePlusSquare = (b: GraphBuilder, x: Value): Value => b.add(square(b, x), one(b, x));
const oneMinusSquare = (b: GraphBuilder, x: Value): Value => b.sub(one(b, x), square(b, x));

const SLOPES: Readonly<Record<string, Slope>> = {
  Tan: (b, _, y, dy) => b.mul(dy, onePlusSquare(b, y)),
  Asin: (b, x, _, dy) => b.div(dy, b.sqrt(oneMinusSquare(b, x))),
  Acos: (b, x, _, dy) => b.neg(b.div(dy, b.sqrt(oneMinusSquare(b, x)))),
  Atan: (b, x, _, dy) => b.div(dy, onePlusSquare(b, x)),
  Sinh: (b, x, _, dy) => b.mul(dy, b.op('Cosh', [x])),
  Cosh: (b, x, _, dy) => b.mul(dy, b.op('Sinh', [x])),
  Asinh: (b, x, _, dy) => b.div(dy, b.sqrt(onePlusSquare(b, x))),
  Acosh: (b, x, _, dy) => b.div(dy, b.sqrt(b.sub(square(b, x), one(b, x)))),
  Atanh: (b, x, _, dy) => b.div(dy, oneMinusSquare(b, x)),
};

export const TRIGONOMETRY_RULES: readonly GradientRule[] = Object.entries(SLOPES).map(([op, slope]) => ({
  op,
  gradient: (c) => [() => slope(c.builder, c.input(0), c.y, c.dy)],
}));
