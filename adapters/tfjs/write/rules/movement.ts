/** Ops that move elements or make other shapes of them. */
import {
  type Dim,
  int,
  intAttribute,
  intsAttribute,
  str,
  stringAttribute,
} from '../../../../core/graph/index.ts';
import { channelsLast, inverse, permuted, samePermutation } from '../permutation.ts';
import type { Rule, Rules, Site } from '../rule.ts';
import { commonOrder } from './elementwise.ts';

const product = (dims: readonly Dim[]): number | undefined =>
  dims.every((dim) => typeof dim === 'number') ? dims.reduce((p, d) => p * d, 1) : undefined;

/** [N, C, a, b, …] to [N, C, c, d, …] leaves the channels where they are, last in memory too. */
function keepsChannels(from: readonly Dim[], to: readonly Dim[]): boolean {
  if (from.length < 3 || to.length < 3 || from[0] !== to[0] || from[1] !== to[1]) return false;
  const size = product(from.slice(2));
  return size !== undefined && size === product(to.slice(2));
}

const reshape: Rule = (s) => {
  const [from, to] = [s.dims(0), s.outDims()];
  const order = s.order(0);
  if (from.length > 2 && samePermutation(order, channelsLast(from.length)) && keepsChannels(from, to)) {
    const perm = channelsLast(to.length);
    return [[{ perm, value: s.reshape(s.as(0, order), permuted(to, perm)) }]];
  }
  const open = to.filter(s.isBatch).length;
  const isComputed = open > 1 && to.some((dim) => typeof dim === 'string') && s.has(1) && !s.known(1);
  if (isComputed) return [s.plain(s.tf.op('Reshape', [s.natural(0), s.natural(1)]))];
  return [s.plain(s.reshape(s.natural(0), to))];
};

/** Nothing moves yet: what holds the input holds the output, in another order of its axes. */
const transpose: Rule = (s) => {
  const rank = s.rank(0);
  const perm = intsAttribute(
    s.node,
    'perm',
    Array.from({ length: rank }, (_, i) => rank - 1 - i),
  );
  const { constant, forms } = s.source(0);
  if (constant) return [s.plain(s.as(0, perm))];
  const place = inverse(perm);
  return [forms.map((form) => ({ perm: form.perm.map((axis) => place[axis]!), value: form.value }))];
};

const concat: Rule = (s) => {
  const inputs = s.node.inputs.map((_, i) => i);
  const perm = commonOrder(s, inputs);
  const axis = perm.indexOf(s.axis(intAttribute(s.node, 'axis'), perm.length));
  const values = inputs.map((i) => s.as(i, perm));
  const value =
    values.length === 1
      ? values[0]!
      : s.tf.op('ConcatV2', [...values, s.tf.scalar(axis, 'int32')], { N: int(values.length) });
  return [[{ perm, value }]];
};

const split: Rule = (s) => {
  const perm = s.order(0);
  const axis = s.axis(intAttribute(s.node, 'axis'), perm.length);
  const sizes = s.node.outputs.map((_, k) => {
    const size = s.outDims(k)[axis]!;
    if (s.isBatch(size)) throw s.unsupported('it splits the batch');
    return size as number;
  });
  const x = s.as(0, perm);
  if (sizes.length === 1) return [[{ perm, value: x }]];
  const parts = s.tf.ops(
    'SplitV',
    [x, s.tf.integers(sizes), s.tf.scalar(perm.indexOf(axis), 'int32')],
    { num_split: int(sizes.length) },
    sizes.length,
  );
  return parts.map((value) => [{ perm, value }]);
};

const expand: Rule = (s) => {
  const perm = commonOrder(s, [0]);
  const to = permuted(s.outDims(), perm);
  const x = s.spread(0, perm.length, perm);
  const own = s.dims(0);
  const isSame = own.length === perm.length && own.every((dim, i) => dim === s.outDims()[i]);
  if (isSame) return [[{ perm, value: x }]];
  if (to.some((dim) => typeof dim === 'string')) {
    const shape = s.tf.op('BroadcastTo', [s.natural(0), s.natural(1)]);
    return [s.plain(shape)];
  }
  return [[{ perm, value: s.tf.op('BroadcastTo', [x, s.sizes(to)]) }]];
};

const tile: Rule = (s) => {
  const perm = s.order(0);
  const x = s.as(0, perm);
  const multiples = s.outDims().map((dim, i) => {
    const from = s.dims(0)[i]!;
    if (dim === from) return 1;
    if (typeof dim === 'string' || typeof from === 'string') throw s.unsupported('it repeats an open size');
    return dim / from;
  });
  return [[{ perm, value: s.tf.op('Tile', [x, s.sizes(permuted(multiples, perm))]) }]];
};

/** TensorFlow's DepthToSpace takes the channels apart as ONNX does in mode DCR. */
const depthToSpace: Rule = (s) => {
  const block = intAttribute(s.node, 'blocksize');
  const perm = channelsLast(4);
  const x = s.as(0, perm);
  const attributes = { block_size: int(block), data_format: str('NHWC') };
  if (stringAttribute(s.node, 'mode') === 'DCR')
    return [[{ perm, value: s.tf.op('DepthToSpace', [x], attributes) }]];
  // CRD: the channels' own index comes first; [C, b, b] as [b, b, C] makes it DCR.
  const [n, c, h, w] = s.dims(0) as [Dim, number, Dim, Dim];
  const channels = c / block ** 2;
  const apart = s.reshape(x, [-1, channels, block ** 2]);
  const turned = s.reshape(s.transpose(apart, [0, 2, 1]), [n, h, w, c]);
  return [[{ perm, value: s.tf.op('DepthToSpace', [turned], attributes) }]];
};

const shape: Rule = (s: Site) => {
  const dims = s.dims(0);
  const start = s.axis(intAttribute(s.node, 'start'), dims.length);
  const end = s.axis(intAttribute(s.node, 'end', dims.length), dims.length);
  if (!dims.some((dim) => typeof dim === 'string')) return [s.plain(s.sizes(dims.slice(start, end)))];
  const all = s.tf.op('Shape', [s.natural(0)], {}, 'int32');
  return [s.plain(s.tf.op('Slice', [all, s.tf.integers([start]), s.tf.integers([end - start])]))];
};

const constantOfShape: Rule = (s) => {
  const { value } = s.node.attributes;
  const tensor = value?.kind === 'tensor' ? value.value : undefined;
  const element = tensor ? s.tf.constant({ ...tensor, dims: [] }) : s.tf.scalar(0);
  const sizes = s.outDims().some((dim) => typeof dim === 'string') ? s.natural(0) : s.sizes(s.outDims());
  return [s.plain(s.tf.op('Fill', [sizes, element], {}, element.dtype))];
};

export const MOVEMENT: Rules = {
  Reshape: reshape,
  Flatten: reshape,
  Squeeze: reshape,
  Unsqueeze: reshape,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Expand: expand,
  Tile: tile,
  DepthToSpace: depthToSpace,
  Shape: shape,
  ConstantOfShape: constantOfShape,
};
