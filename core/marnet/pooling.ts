/** From the value at a feature site to vectors, and between the shapes that logits have. */
import { type GraphBuilder, int, type Shape, scalar, type Value } from '../graph/index.ts';
import type { Dequantization, FeatureSite } from '../locate/index.ts';

/** x_v [N,D] of a site's value, whose dtype it has; float32 where that is of integers. */
export function poolFeatures(
  b: GraphBuilder,
  made: Value,
  { pooling, dequantization }: Pick<FeatureSite, 'pooling' | 'dequantization'>,
): Value {
  const value = dequantization ? dequantized(b, made, dequantization) : made;
  const spatial = value.shape.slice(2);
  switch (pooling) {
    case 'none':
      return toRows(b, value);
    case 'mean-spatial':
      if (spatial.every((d) => d === 1)) return toRows(b, value);
      return b.reduceMean(
        value,
        spatial.map((_, i) => i + 2),
      );
    case 'class-token':
      return b.gather(value, b.constant(scalar(0, 'int64')), 1);
    case 'mean-tokens':
      return b.reduceMean(value, [1]);
  }
}

function dequantized(b: GraphBuilder, q: Value, { scale, zeroPoint }: Dequantization): Value {
  const point = zeroPoint === undefined ? undefined : b.value(zeroPoint);
  const types = [{ dtype: 'float32', shape: q.shape }] as const;
  return b.op('DequantizeLinear', [q, b.value(scale), point], {}, { types });
}

/** [N, C, 1, 1] and the like as [N, C]. */
export function toRows(b: GraphBuilder, x: Value): Value {
  return x.shape.length === 2 ? x : b.op('Flatten', [x], { axis: int(1) });
}

/**
 * [N, C] in the shape that the classifier's logits have, with `classes` in the place of their class count.
 * @throws RangeError where more than the batch is open in that shape.
 */
export function toLogitsShape(b: GraphBuilder, rows: Value, shape: Shape): Value {
  if (shape.length === 2) return rows;
  const classes = rows.shape[1] as number;
  const rest = shape.slice(1);
  const axis = rest.findIndex((d) => d !== 1);
  if (rest.some((d, i) => d !== 1 && i !== axis)) {
    throw new RangeError(`logits of shape [${shape}] are not one vector an image`);
  }
  // 0 copies the batch from the input, open or fixed.
  return b.reshape(rows, [0, ...rest.map((_, i) => (i === Math.max(axis, 0) ? classes : 1))]);
}
