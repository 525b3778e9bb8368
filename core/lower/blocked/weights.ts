import { type GraphBuilder, int, type Value } from '../../graph/index.ts';
import { NCHWC } from './kernels.ts';

/** [N, C, H, W] with C in blocks innermost, declared as before: the fast way to move one axis inside. */
function blockChannels(builder: GraphBuilder, x: Value, shape: readonly number[]): Value {
  const types = [{ dtype: x.dtype, shape }];
  return builder.op(
    'ReorderInput',
    [builder.reshape(x, shape)],
    { channels_last: int(0) },
    { domain: NCHWC, types },
  );
}

/**
 * Convolution weights [M, C, kh, kw] as [M/b, C/b, kh*kw, b of C, b of M], or as [M/b, C, kh*kw, b of M] where C is
 * less than a block (depthwise weights: C is 1). Declared [M, C, kh, kw].
 */
export function blockWeights(builder: GraphBuilder, w: Value, block: number): Value {
  const [m, c, kh, kw] = w.shape as [number, number, number, number];
  const filtersInside = blockChannels(builder, w, [1, m, c, kh * kw]);
  if (c < block || kh * kw === 1) return builder.reshape(filtersInside, [m, c, kh, kw]);
  const split = builder.reshape(filtersInside, [m / block, c / block, block, kh * kw, block]);
  return builder.reshape(builder.transpose(split, [0, 1, 3, 2, 4]), [m, c, kh, kw]);
}

/**
 * Weights [M, C, kh, kw] for the convolution that carries gradients back, C filters of M channels:
 * [C/b, M/b, kh*kw, b*b], positions as in w, not yet flipped.
 */
export function blockTransposedWeights(builder: GraphBuilder, w: Value, block: number): Value {
  const [m, c, kh, kw] = w.shape as [number, number, number, number];
  const channelsInside = blockChannels(builder, w, [m, c, 1, kh * kw]);
  const split = builder.reshape(channelsInside, [m / block, block, c / block, kh * kw, block]);
  const swapped = builder.transpose(split, [2, 0, 3, 1, 4]);
  return builder.reshape(swapped, [c / block, m / block, kh * kw, block * block]);
}

/** Depthwise weights [M, 1, kh, kw] as [M/b, 1, kh*kw, b]. */
export function blockDepthwiseWeights(builder: GraphBuilder, w: Value, block: number): Value {
  const [m, , kh, kw] = w.shape as [number, number, number, number];
  return builder.reshape(blockChannels(builder, w, [1, m, 1, kh * kw]), [m / block, 1, kh * kw, block]);
}
