/**
 * The largest or smallest of several elements; k of them reach it, and share its gradient evenly (a valid subgradient
 * for every k):
 *   y = max(x1..xn)   dxi = dy (xi = y) / k      the same for Min, ReduceMax, ReduceMin, GlobalMaxPool
 * MaxPool is different (the first maximum takes all): see pooling.ts.
 */
import type { Value } from '../../graph/index.ts';
import { once } from '../axes.ts';
import { kept, reducedAxes } from '../reduced.ts';
import type { GradientRule, InputGradient, RuleContext } from '../rule.ts';

function elementwise(c: RuleContext): InputGradient[] {
  const { builder: b, dy, y } = c;
  const reaches = c.inputs.map((_, i) => once(() => b.cast(b.equal(c.input(i), y), y.dtype)));
  const share = once(() =>
    b.div(
      dy,
      reaches.map((reach) => reach()).reduce((a, m) => b.add(a, m)),
    ),
  );
  return reaches.length === 1 ? [dy] : reaches.map((reach) => () => b.mul(share(), reach()));
}

function overAxes(c: RuleContext, y: Value, dy: Value, axes: readonly number[]): Value {
  const b = c.builder;
  const reaches = b.cast(b.equal(c.input(0), y), y.dtype);
  return b.mul(reaches, b.div(dy, b.reduceSum(reaches, axes, true)));
}

/** Over no axes it is an identity. */
function reduced(c: RuleContext): InputGradient[] {
  const axes = reducedAxes(c);
  return [axes.length === 0 ? c.dy : () => overAxes(c, kept(c, c.y), kept(c, c.dy), axes)];
}

export const EXTREMUM_RULES: readonly GradientRule[] = [
  { op: 'Max', gradient: elementwise },
  { op: 'Min', gradient: elementwise },
  { op: 'ReduceMax', gradient: reduced },
  { op: 'ReduceMin', gradient: reduced },
  {
    op: 'GlobalMaxPool',
    gradient: (c) => [
      () =>
        overAxes(
          c,
          c.y,
          c.dy,
          c
            .shape(0)
            .slice(2)
            .map((_, i) => i + 2),
        ),
    ],
  },
];
