/**
 * Sums over some axes, n elements each; dy is repeated along them.
 *   ReduceSum         y = sum x             dx = dy
 *   ReduceMean        y = sum x / n         dx = dy / n
 *   ReduceSumSquare   y = sum x^2           dx = 2 x dy
 *   ReduceL1          y = sum |x|           dx = sign(x) dy
 *   ReduceL2          y = sqrt(sum x^2)     dx = x dy / y
 *   ReduceLogSumExp   y = ln(sum e^x)       dx = e^(x - y) dy
 */
import { productOf } from '../axes.ts';
import { kept, reducedAxes } from '../reduced.ts';
import type { GradientRule } from '../rule.ts';

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
    gradient: (c) => [() => c.builder.mul(c.input(0), c.builder.div(kept(c, c.dy), kept(c, c.y)))],
  },
  {
    op: 'ReduceLogSumExp',
    gradient: (c) => [
      () => c.builder.mul(c.builder.exp(c.builder.sub(c.input(0), kept(c, c.y))), kept(c, c.dy)),
    ],
  },
];
