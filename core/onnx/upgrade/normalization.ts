import { floatAttribute, int64, intAttribute, type Node } from '../../graph/index.ts';
import { type Emitter, type UpgradeRule, without } from './rule.ts';

export const normalization: readonly UpgradeRule[] = [
  { ops: ['BatchNormalization'], below: 14, rewrite: batchNormalization },
  { ops: ['GroupNormalization'], below: 21, rewrite: groupNormalization },
];

/**
 * `spatial` = 0 (7 and 8 only) has statistics [C, H, W ...] instead of [C]:
 * Y = (X - mean) / sqrt(var + epsilon) * scale + B, broadcast over the batch alone.
 */
function batchNormalization(node: Node, to: Emitter): void {
  const attributes = without(node.attributes, 'spatial');
  // More outputs were for training; in a graph for inference nobody reads them.
  const [y] = node.outputs as [string];
  if (intAttribute(node, 'spatial') === 1) {
    to.emit({ ...node, outputs: [y], attributes });
    return;
  }
  const [x, scale, bias, mean, variance] = node.inputs as [string, string, string, string, string];
  const epsilon = scalar(floatAttribute(node, 'epsilon'), to);
  const deviation = to.op('Sqrt', [to.op('Add', [variance, epsilon])]);
  const normalized = to.op('Div', [to.op('Sub', [x, mean]), deviation]);
  to.op('Add', [to.op('Mul', [normalized, scale]), bias], {}, y);
}

/** Before 21, scale and bias were one a group; now they are one a channel. */
function groupNormalization(node: Node, to: Emitter): void {
  const groups = intAttribute(node, 'num_groups');
  const channels = to.shape(node.inputs[0]!)?.[1];
  if (typeof channels !== 'number') to.refuse(node, 'its number of channels is not known');
  const perChannel = (value: string): string => {
    const column = to.op('Reshape', [value, to.constant(int64([groups, 1]))]);
    const spread = to.op('Expand', [column, to.constant(int64([groups, channels / groups]))]);
    return to.op('Reshape', [spread, to.constant(int64([channels]))]);
  };
  const [x, scale, bias] = node.inputs as [string, string, string];
  to.emit({ ...node, inputs: [x, perChannel(scale), perChannel(bias)] });
}

export function scalar(value: number, to: Emitter): string {
  return to.constant({ dtype: 'float32', dims: [], data: Float32Array.of(value) });
}
