/** Pooling on [batch, ...spatial, channels]. */
import { type GraphBuilder, int, ints, type Value } from '../../../core/graph/index.ts';
import { spatialOf, toChannelsFirst, toChannelsLast } from './channels.ts';
import { type Padding, paddingAttributes } from './padding.ts';

export interface PoolOptions {
  /** One for each spatial axis. */
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly padding: Padding;
}

/** The largest, or the mean, of each window; padding counts neither as an element nor in the mean. */
export function pool(b: GraphBuilder, kind: 'max' | 'average', x: Value, options: PoolOptions): Value {
  const { window, strides, padding } = options;
  const dilations = window.map(() => 1);
  const attributes = {
    kernel_shape: ints(window),
    strides: ints(strides),
    ...paddingAttributes(padding, { kind: 'pooling', sizes: spatialOf(x), window, strides, dilations }),
  };
  const inputs = [toChannelsFirst(b, x)] as const;
  const y =
    kind === 'max'
      ? b.op('MaxPool', inputs, attributes)
      : b.op('AveragePool', inputs, { ...attributes, count_include_pad: int(0) });
  return toChannelsLast(b, y);
}

/** The largest, or the mean, over all spatial axes: [batch, channels], or [batch, 1, ..., channels] with `keepdims`. */
export function globalPool(b: GraphBuilder, kind: 'max' | 'average', x: Value, keepdims = false): Value {
  const axes = spatialOf(x).map((_, i) => i + 1);
  return kind === 'max' ? b.reduceMax(x, axes, keepdims) : b.reduceMean(x, axes, keepdims);
}
