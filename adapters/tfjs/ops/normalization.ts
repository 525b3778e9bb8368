/** Normalization with fixed statistics, and within each example. */
import {
  float,
  float32,
  type GraphBuilder,
  int,
  sizeOf,
  type Tensor,
  type Value,
} from '../../../core/graph/index.ts';

export interface BatchNormOptions {
  /** [channels] each; ones and zeros where left out. */
  readonly scale?: Tensor | undefined;
  readonly offset?: Tensor | undefined;
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly epsilon: number;
  /** The axis of the channels; the last one unless told. */
  readonly axis?: number;
  /** Begins the constants' names: `<name>/gamma`, `/beta`, `/moving_mean`, `/moving_variance`. */
  readonly name?: string;
}

/** (x - mean) / sqrt(variance + epsilon) * scale + offset, each along the channels. */
export function batchNorm(b: GraphBuilder, x: Value, options: BatchNormOptions): Value {
  const rank = x.shape.length;
  const axis = ((options.axis ?? -1) + rank) % rank;
  const perm = [0, axis, ...axesBut(rank, [0, axis])];
  const { mean, variance, epsilon, name = 'batch_normalization' } = options;
  const parameters = [
    b.weight(`${name}/gamma`, options.scale ?? filled(mean.dims, 1)),
    b.weight(`${name}/beta`, options.offset ?? filled(mean.dims, 0)),
    b.weight(`${name}/moving_mean`, mean),
    b.weight(`${name}/moving_variance`, variance),
  ] as const;
  const y = b.op('BatchNormalization', [b.transpose(x, perm), ...parameters], { epsilon: float(epsilon) });
  return b.transpose(y, inverse(perm));
}

export interface LayerNormOptions {
  /** Of the normalized axes' sizes; ones and zeros where left out. */
  readonly scale?: Tensor | undefined;
  readonly offset?: Tensor | undefined;
  readonly epsilon: number;
  /** In rising order; the last one unless told. */
  readonly axes?: readonly number[];
  /** Begins the constants' names: `<name>/gamma`, `<name>/beta`. */
  readonly name?: string;
}

/** (x - mean) / sqrt(variance + epsilon) * scale + offset, with the mean and variance over `axes` of each example. */
export function layerNorm(b: GraphBuilder, x: Value, options: LayerNormOptions): Value {
  const rank = x.shape.length;
  const axes = (options.axes ?? [-1]).map((a) => (a + rank) % rank);
  const perm = [...axesBut(rank, axes), ...axes];
  const { epsilon, name = 'layer_normalization' } = options;
  const dims = options.scale?.dims ?? options.offset?.dims ?? axes.map((a) => x.shape[a] as number);
  const scale = b.weight(`${name}/gamma`, options.scale ?? filled(dims, 1));
  const offset = options.offset && b.weight(`${name}/beta`, options.offset);
  const y = b.op('LayerNormalization', [b.transpose(x, perm), scale, offset], {
    axis: int(-axes.length),
    epsilon: float(epsilon),
  });
  return b.transpose(y, inverse(perm));
}

function axesBut(rank: number, without: readonly number[]): number[] {
  return Array.from({ length: rank }, (_, i) => i).filter((i) => !without.includes(i));
}

function inverse(perm: readonly number[]): number[] {
  return perm.map((_, i) => perm.indexOf(i));
}

function filled(dims: readonly number[], value: number): Tensor {
  return float32(new Float32Array(sizeOf(dims)).fill(value), dims);
}
