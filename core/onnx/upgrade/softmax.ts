/**
 * Before operator set 13, Softmax, LogSoftmax and Hardmax at `axis` (1 unless told) went over all axes from there on
 * together, as if the tensor had been flattened to a matrix; since then they go over that axis alone.
 */
import { int, intAttribute, type Node } from '../../graph/index.ts';
import type { Emitter, UpgradeRule } from './rule.ts';

export const softmax: readonly UpgradeRule[] = [
  { ops: ['Softmax', 'LogSoftmax', 'Hardmax'], below: 13, rewrite: alongOneAxis },
];

function alongOneAxis(node: Node, to: Emitter): void {
  const x = node.inputs[0]!;
  const shape = to.shape(x);
  const given = intAttribute(node, 'axis', { opset: 12 });
  const axis = given < 0 && shape ? given + shape.length : given;
  if (shape?.slice(axis + 1).every((size) => size === 1)) {
    to.emit({ ...node, attributes: { axis: int(axis) } });
    return;
  }
  const flat = to.op('Flatten', [x], { axis: int(given) });
  const result = to.op(node.op, [flat], { axis: int(1) });
  to.op('Reshape', [result, to.op('Shape', [x])], {}, node.outputs[0]!);
}
