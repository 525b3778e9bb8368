import type { GraphBuilder, Value } from '../graph/index.ts';

/**
 * The transpose of broadcasting: sums a gradient over the axes along which a value of shape `target` was repeated.
 * Undefined when `target` does not broadcast to the gradient's shape.
 */
export function sumToShape(
  builder: GraphBuilder,
  gradient: Value,
  target: readonly number[],
): Value | undefined {
  const shape = gradient.shape as readonly number[];
  const extra = shape.length - target.length;
  if (extra < 0 || target.some((d, i) => d !== 1 && d !== shape[i + extra])) return undefined;
  const axes = shape.flatMap((d, i) => (i < extra || (d !== 1 && target[i - extra] === 1) ? [i] : []));
  const summed = axes.some((i) => shape[i] !== 1) ? builder.reduceSum(gradient, axes, extra === 0) : gradient;
  return builder.reshape(summed, target);
}
