/** Moving the channels axis: TensorFlow keeps it last ([batch, height, width, channels]), ONNX second. */
import type { Dim, GraphBuilder, Value } from '../../../core/graph/index.ts';

/** [batch, ...spatial, channels] to [batch, channels, ...spatial]. */
export function toChannelsFirst(b: GraphBuilder, x: Value): Value {
  const rank = x.shape.length;
  return b.transpose(x, [0, rank - 1, ...range(1, rank - 1)]);
}

/** [batch, channels, ...spatial] to [batch, ...spatial, channels]. */
export function toChannelsLast(b: GraphBuilder, x: Value): Value {
  return b.transpose(x, [0, ...range(2, x.shape.length), 1]);
}

/** Sizes of the axes between batch and channels. */
export function spatialOf(x: Value): readonly Dim[] {
  return x.shape.slice(1, -1);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}
