/**
 * Norms over windows and over whole images: (sum |x|^p)^(1/p).
 * The root has no finite slope at 0; there it gets 0, so that a window of zeros stays without gradient.
 */
import { int, intAttribute, ints, intsAttribute, type Value } from '../../graph/index.ts';
import { productOf } from '../axes.ts';
import { reducedAxes } from '../reduced.ts';
import type { DecompositionRule, NodeContext } from '../rule.ts';
import { windowOf } from '../window.ts';

function power(c: NodeContext, x: Value, p: number): Value {
  const b = c.builder;
  if (p === 2) return b.mul(x, x);
  const magnitude = b.op('Abs', [x]);
  return p === 1 ? magnitude : b.op('Pow', [magnitude, b.scalar(p, x)]);
}

function root(c: NodeContext, sum: Value, p: number): Value {
  if (p === 1) return sum;
  const b = c.builder;
  const [zero, one] = [b.scalar(0, sum), b.scalar(1, sum)];
  const isPositive = b.greater(sum, zero);
  const safe = b.where(isPositive, sum, one);
  const rooted = p === 2 ? b.sqrt(safe) : b.op('Pow', [safe, b.scalar(1 / p, sum)]);
  return b.where(isPositive, rooted, zero);
}

/** The sum over a window is its average times its size, once the padding is there to be counted. */
function lpPool(c: NodeContext): Value[] {
  const b = c.builder;
  const p = intAttribute(c.node, 'p');
  const spatial = c.shape(0).slice(2);
  const { kernel, strides, dilations, pads } = windowOf(
    c.node,
    spatial,
    intsAttribute(c.node, 'kernel_shape'),
  );
  const output = c.outputs[0]!.shape.slice(2) as readonly number[];
  const before = spatial.map((_, i) => pads[i]!);
  const after = spatial.map((size, i) => {
    const needed = (output[i]! - 1) * strides[i]! + dilations[i]! * (kernel[i]! - 1) + 1;
    return Math.max(0, needed - size - before[i]!);
  });
  const padded = b.pad(power(c, c.input(0), p), [0, 0, ...before, 0, 0, ...after]);
  const average = b.op('AveragePool', [padded], {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    ...(dilations.every((d) => d === 1) ? {} : { dilations: ints(dilations) }),
    count_include_pad: int(1),
  });
  return [root(c, b.mul(average, b.scalar(productOf(kernel), average)), p)];
}

function globalLpPool(c: NodeContext): Value[] {
  const p = intAttribute(c.node, 'p');
  const axes = c
    .shape(0)
    .slice(2)
    .map((_, i) => i + 2);
  return [root(c, c.builder.reduceSum(power(c, c.input(0), p), axes, true), p)];
}

function reduceLogSum(c: NodeContext): Value[] {
  const b = c.builder;
  const axes = reducedAxes(c);
  if (axes.length === 0) return [b.log(c.input(0))];
  return [b.log(b.reduceSum(c.input(0), axes, intAttribute(c.node, 'keepdims') === 1))];
}

export const POOLING_DECOMPOSITIONS: readonly DecompositionRule[] = [
  { op: 'LpPool', form: 'Pow(AveragePool(Abs(x)^p) * n, 1/p)', decompose: lpPool },
  { op: 'GlobalLpPool', form: 'Pow(ReduceSum(Abs(x)^p), 1/p)', decompose: globalLpPool },
  { op: 'ReduceLogSum', form: 'Log(ReduceSum(x))', decompose: reduceLogSum },
];
