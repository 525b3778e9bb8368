/** Operator sets 22 to 24: mostly the same ops for more element types; what is new is written in older ops. */
import {
  DTYPE_NUMBER,
  floatAttribute,
  int64,
  intAttribute,
  ints,
  isFloating,
  type Node,
} from '../../graph/index.ts';
import { scalar } from './normalization.ts';
import { type Emitter, type UpgradeRule, without } from './rule.ts';

/** Ops that operator set 21 does not have. What they are composed of takes their place before a graph is upgraded. */
export const NEWER_OPS: ReadonlySet<string> = new Set([
  'Attention',
  'RMSNormalization',
  'RotaryEmbedding',
  'Swish',
  'TensorScatter',
]);

export const newer: readonly UpgradeRule[] = [
  withoutDefaults(['Cast', 'CastLike'], 'round_mode', (mode) => mode === 'up'),
  // Of both, the default is the type of the scale.
  withoutDefaults(['QuantizeLinear'], 'precision', isTypeOfScale),
  withoutDefaults(['DequantizeLinear'], 'output_dtype', isTypeOfScale),
  { ops: ['Swish'], above: 21, rewrite: swish },
  { ops: ['RMSNormalization'], above: 21, rewrite: rmsNormalization },
  { ops: ['Attention'], above: 21, rewrite: attention },
  ...['RotaryEmbedding', 'TensorScatter'].map(
    (op): UpgradeRule => ({
      ops: [op],
      above: 21,
      rewrite: (node, to) => to.refuse(node, 'there is no such op in operator set 21'),
    }),
  ),
];

/** An attribute that says nothing while it has its default. */
function withoutDefaults(
  ops: readonly string[],
  name: string,
  isDefault: (value: unknown, node: Node, to: Emitter) => boolean,
): UpgradeRule {
  return {
    ops,
    above: 21,
    applies: (node) => node.attributes[name] !== undefined,
    rewrite(node, to) {
      const attribute = node.attributes[name]!;
      if (!('value' in attribute) || !isDefault(attribute.value, node, to))
        to.refuse(node, `operator set 21 has no attribute ${name} for it`);
      to.emit({ ...node, attributes: without(node.attributes, name) });
    },
  };
}

function isTypeOfScale(type: unknown, node: Node, to: Emitter): boolean {
  const scale = to.dtype(node.inputs[1]!);
  return type === 0 || (scale !== undefined && type === DTYPE_NUMBER[scale]);
}

/** x * sigmoid(alpha x) */
function swish(node: Node, to: Emitter): void {
  const x = node.inputs[0]!;
  const alpha = floatAttribute(node, 'alpha');
  const scaled = alpha === 1 ? x : to.op('Mul', [x, scalar(alpha, to)]);
  to.op('Mul', [x, to.op('Sigmoid', [scaled])], {}, node.outputs[0]!);
}

/** x / sqrt(mean(x^2) + epsilon) * scale, with the mean over the axes from `axis` on. */
function rmsNormalization(node: Node, to: Emitter): void {
  const [x, scale] = node.inputs as [string, string];
  const rank = to.shape(x)?.length;
  if (rank === undefined) to.refuse(node, 'the rank of its input is not known');
  const axis = intAttribute(node, 'axis');
  const first = axis < 0 ? axis + rank : axis;
  const axes = Array.from({ length: rank - first }, (_, i) => first + i);
  const mean = to.op('ReduceMean', [to.op('Mul', [x, x]), to.constant(int64(axes))]);
  const deviation = to.op('Sqrt', [to.op('Add', [mean, scalar(floatAttribute(node, 'epsilon'), to)])]);
  to.op('Mul', [to.op('Div', [x, deviation]), scale], {}, node.outputs[0]!);
}

/**
 * softmax(Q K^T scale + mask) V for Q, K, V of shape [N, heads, T, D] and a mask that is added: what classifiers
 * have. Caches, causal masks, soft caps and grouped heads are for language models, and refused.
 */
function attention(node: Node, to: Emitter): void {
  const [q, k, v, mask = '', ...cache] = node.inputs as [string, string, string, string?, ...string[]];
  const shape = to.shape(q);
  const width = shape?.[3];
  if (shape?.length !== 4 || typeof width !== 'number' || to.shape(k)?.[1] !== shape[1])
    to.refuse(node, 'only inputs of shape [N, heads, T, D] with equal heads are supported');
  const plain =
    node.outputs.slice(1).every((output) => output === '') &&
    cache.every((input) => input === '') &&
    intAttribute(node, 'is_causal') === 0 &&
    floatAttribute(node, 'softcap') === 0;
  if (!plain) to.refuse(node, 'its caches, causal masks and soft caps are not supported');
  const maskType = mask === '' ? 'float32' : to.dtype(mask);
  if (!maskType || !isFloating(maskType)) to.refuse(node, 'only a mask that is added is supported');

  const scale = floatAttribute(node, 'scale', undefined) ?? 1 / Math.sqrt(width);
  const transposed = to.op('Transpose', [k], { perm: ints([0, 1, 3, 2]) });
  const scores = to.op('Mul', [to.op('MatMul', [q, transposed]), scalar(scale, to)]);
  const masked = mask === '' ? scores : to.op('Add', [scores, mask]);
  const weights = to.op('Softmax', [masked], { axis: { kind: 'int', value: -1 } });
  to.op('MatMul', [weights, v], {}, node.outputs[0]!);
}
