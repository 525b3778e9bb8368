/**
 * Sums over some axes, n elements each; dy is repeated along them.
 *   ReduceSum         y = sum x             dx = dy
 *   ReduceMean        y = sum x / n         dx = dy / n
 *   ReduceSumSquare   y = sum x^2           dx = 2 x dy
 *   ReduceL1          y = sum |x|           dx = sign(x) dy
 *   ReduceL2          y = sqrt(sum x^2)     dx = x dy / y (0 where y = 0)
 *   ReduceLogSumExp   y = ln(sum e^x)       dx = e^(x - y) dy
 *   ReduceProd        y = prod x            dx = dy times the product of all others: y / x where no element is zero,
 *                                           the product of the non-zero ones at a single zero, 0 elsewhere
 * Running sums:
 *   CumSum            y = x summed up to here          dx = dy summed from here on
 */
import { int, intAttribute, type Value } from '../../graph/index.ts';
import { productOf } from '../axes.ts';
import { kept, reducedAxes } from '../reduced.ts';
import type { GradientRule, RuleContext } from '../rule.ts';

function productGradient(c: RuleContext): Value {
  const b = c.builder;
  const x = c.input(0);
  const axes = reducedAxes(c);
  if (axes.length === 0) return c.dy;
  const [zero, one] = [b.scalar(0, x), b.scalar(1, x)];
  const isZero = b.equal(x, zero);
  const filled = b.where(isZero, one, x);
  const product = b.reduceProd(filled, axes, true);
  const zeros = b.reduceSum(b.cast(isZero, x.dtype), axes, true);
  const without = b.where(b.equal(zeros, zero), b.div(product, filled), zero);
  const alone = b.where(b.equal(zeros, one), product, zero);
  return b.mul(kept(c, c.dy), b.where(isZero, b.expand(alone, c.shape(0)), without));
}

export const REDUCTION_RULES: readonly GradientRule[] = [
  { op: 'ReduceSum', gradient: (c) => [() => c.builder.expand(kept(c, c.dy), c.shape(0))] },
  {
    op: 'ReduceMean',
    gradient: (c) => [
      () => {
        const n = productOf(reducedAxes(c).map((axis) => c.shape(0)[axis]!));
        const share = c.builder.mul(kept(c, c.dy), c.builder.scalar(1 / n, c.dy));
        return c.builder.expand(share, c.shape(0));
      },
    ],
  },
  {
    op: 'ReduceSumSquare',
    gradient: (c) => [
      () => c.builder.mul(c.input(0), c.builder.mul(kept(c, c.dy), c.builder.scalar(2, c.dy))),
    ],
  },
  {
    op: 'ReduceL1',
    gradient: (c) => [
      () => {
        const b = c.builder;
        const x = c.input(0);
        const zero = b.scalar(0, x);
        const sign = b.sub(b.cast(b.greater(x, zero), x.dtype), b.cast(b.less(x, zero), x.dtype));
        return b.mul(kept(c, c.dy), sign);
      },
    ],
  },
  {
    op: 'ReduceL2',
    gradient: (c) => [
      () => {
        const b = c.builder;
        const y = kept(c, c.y);
        // Where the norm is zero, so is x: any divisor will do.
        const divisor = b.where(b.equal(y, b.scalar(0, y)), b.scalar(1, y), y);
        return b.mul(c.input(0), b.div(kept(c, c.dy), divisor));
      },
    ],
  },
  { op: 'ReduceProd', gradient: (c) => [() => productGradient(c)] },
  {
    op: 'CumSum',
    gradient: (c) => [
      () =>
        c.builder.op('CumSum', [c.dy, c.input(1)], {
          exclusive: int(intAttribute(c.node, 'exclusive')),
          reverse: int(1 - intAttribute(c.node, 'reverse')),
        }),
    ],
  },
  {
    op: 'ReduceLogSumExp',
    gradient: (c) => [
      () => c.builder.mul(c.builder.exp(c.builder.sub(c.input(0), kept(c, c.y))), kept(c, c.dy)),
    ],
  },
];
