/** Blocks of pixels to channels and back, in the order that TensorFlow and ONNX share: row, column, channel. */
import { type Dim, type GraphBuilder, int, type Value } from '../../../core/graph/index.ts';
import { toChannelsFirst, toChannelsLast } from './channels.ts';

/** [batch, h * block, w * block, c] to [batch, h, w, block * block * c]. */
export function spaceToDepth(b: GraphBuilder, x: Value, block: number): Value {
  return blocks(b, 'SpaceToDepth', x, block, block * block, (d) => d / block);
}

/** [batch, h, w, block * block * c] to [batch, h * block, w * block, c]. */
export function depthToSpace(b: GraphBuilder, x: Value, block: number): Value {
  return blocks(b, 'DepthToSpace', x, block, 1 / (block * block), (d) => d * block);
}

function blocks(
  b: GraphBuilder,
  op: 'SpaceToDepth' | 'DepthToSpace',
  x: Value,
  block: number,
  channels: number,
  side: (size: number) => number,
): Value {
  const image = toChannelsFirst(b, x);
  const shape = image.shape.map((d, i): Dim => {
    if (typeof d !== 'number') return i === 0 ? d : '?';
    return i === 0 ? d : i === 1 ? d * channels : side(d);
  });
  const y = b.op(op, [image], { blocksize: int(block) }, { types: [{ dtype: x.dtype, shape }] });
  return toChannelsLast(b, y);
}
