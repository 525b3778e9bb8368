import { type GraphBuilder, int, type Value } from '../../graph/index.ts';
import { packedShape } from './packing.ts';

/** [N, C, S] with whole blocks of C innermost, [N, C/b, S, b], declared as before: what moves an axis inside fastest. */
export function blockChannels(
  builder: GraphBuilder,
  x: Value,
  shape: readonly [number, number, number],
): Value {
  const [n, c, s] = shape;
  const declared = [n, c, 1, s];
  return builder.op(
    'com.microsoft.nchwc:ReorderInput',
    [builder.reshape(x, declared)],
    { channels_last: int(0) },
    { types: [{ dtype: x.dtype, shape: declared }] },
  );
}

/** The inverse of `blockChannels`: [N, C/b, S, b] as [N, C, S]. */
function unblockChannels(builder: GraphBuilder, x: Value, shape: readonly [number, number, number]): Value {
  const [n, c, s] = shape;
  const declared = [n, c, 1, s];
  const plain = builder.op(
    'com.microsoft.nchwc:ReorderOutput',
    [builder.reshape(x, declared)],
    { channels: int(c), channels_last: int(0) },
    { types: [{ dtype: x.dtype, shape: declared }] },
  );
  return builder.reshape(plain, shape);
}

/** Weights [M, C, kh, kw] packed: [M/b, C/b, kh*kw, b of C, b of M]. */
export function pack(builder: GraphBuilder, w: Value, block: number): Value {
  const [m, c, kh, kw] = w.shape as [number, number, number, number];
  const taps = kh * kw;
  const filtersInside = blockChannels(builder, w, [1, m, c * taps]);
  const split = builder.reshape(filtersInside, [m / block, c / block, block, taps, block]);
  return taps === 1
    ? builder.reshape(split, packedShape([m, c, kh, kw], block))
    : builder.transpose(split, [0, 1, 3, 2, 4]);
}

/** The inverse of `pack`. @param dims [M, C, kh, kw]. */
export function unpack(builder: GraphBuilder, packed: Value, dims: readonly number[], block: number): Value {
  const [m, c, kh, kw] = dims as [number, number, number, number];
  const taps = kh * kw;
  const filters = unblockChannels(builder, packed, [m / block, block, c * taps]);
  if (taps === 1) return builder.reshape(filters, dims);
  const split = builder.reshape(filters, [m, c / block, taps, block]);
  return builder.reshape(builder.transpose(split, [0, 1, 3, 2]), dims);
}

/**
 * Weights of a convolution with few input channels, or of a depthwise one (C is 1): [M/b, C, kh*kw, b of M], declared
 * [M, C, kh, kw].
 */
export function blockFilters(builder: GraphBuilder, w: Value): Value {
  const [m, c, kh, kw] = w.shape as [number, number, number, number];
  return builder.reshape(blockChannels(builder, w, [1, m, c * kh * kw]), [m, c, kh, kw]);
}

/** The two innermost axes of [..., b, b] exchanged; in what shape is left open. */
export function swapInside(builder: GraphBuilder, x: Value, block: number): Value {
  const count = (x.shape as number[]).reduce((a, d) => a * d, 1) / (block * block);
  return blockChannels(builder, x, [count, block, block]);
}

/**
 * Picks kernel positions of packed weights for the convolution that carries gradients back, in which input and output
 * channels change places.
 * @param packed [M/b, C/b, kh*kw, b, b]. @returns a function from positions to [C/b, M/b, positions, b of M, b of C].
 */
export function transposedTaps(
  builder: GraphBuilder,
  packed: Value,
): (positions: readonly number[]) => Value {
  const [filters, channels, taps, block] = packed.shape as [number, number, number, number];
  const rows = filters * channels * taps;
  const swapped = builder.reshape(blockChannels(builder, packed, [rows, block, block]), [
    rows,
    block * block,
  ]);
  return (positions) => {
    const order: number[] = [];
    for (let c = 0; c < channels; c++)
      for (let m = 0; m < filters; m++)
        for (const position of positions) order.push((m * channels + c) * taps + position);
    return builder.gather(swapped, builder.integers(order), 0);
  };
}

/** As `transposedTaps`, for depthwise weights [M, 1, kh, kw]: [M/b, 1, positions, b of M]. */
export function depthwiseTaps(
  builder: GraphBuilder,
  w: Value,
  block: number,
): (positions: readonly number[]) => Value {
  const [m, , kh, kw] = w.shape as [number, number, number, number];
  const blocked = builder.reshape(blockFilters(builder, w), [m / block, 1, kh * kw, block]);
  return (positions) => (kh * kw === 1 ? blocked : builder.gather(blocked, builder.integers(positions), 2));
}
