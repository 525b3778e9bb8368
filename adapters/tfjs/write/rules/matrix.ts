import {
  type Dim,
  floatAttribute,
  int,
  intAttribute,
  type Tensor,
  toFloat32,
} from '../../../../core/graph/index.ts';
import { identity, transposeTensor } from '../permutation.ts';
import type { Rule, Rules, Site } from '../rule.ts';
import type { TfValue } from '../tf-builder.ts';

/** Matrices by vectors, and batches of matrices by one matrix, become products of two matrices. */
const matMul: Rule = (s) => {
  const [a, b] = [s.dims(0), s.dims(1)];
  const out = s.outDims();
  const float = (value: TfValue): TfValue =>
    value.dtype === 'float32' ? value : s.tf.op('Cast', [value], {}, 'float32');
  let [left, right] = [float(s.natural(0)), float(s.natural(1))];
  // A product of two matrices where its result can take the shape again, with one open size at most.
  if (b.length <= 2 && (a.length <= 2 || out.filter(s.isBatch).length <= 1)) {
    if (b.length === 1) right = s.reshape(right, [b[0]!, 1]);
    if (a.length !== 2) left = s.reshape(left, [-1, a.at(-1)!]);
    const product = s.tf.op('MatMul', [left, right]);
    const isMatrix = a.length === 2 && b.length === 2;
    return [s.plain(finish(s, isMatrix ? product : s.reshape(product, out)))];
  }
  // TensorFlow.js multiplies batches of the same rank only, and repeats one matrix but nothing between.
  const rank = Math.max(a.length, b.length);
  const raised = (dims: readonly Dim[]): Dim[] => [...new Array<Dim>(rank - dims.length).fill(1), ...dims];
  if (a.length < rank) left = s.reshape(left, raised(a));
  if (b.length < rank) right = s.reshape(right, raised(b));
  const batch = a.length === 1 ? out.slice(0, -1) : out.slice(0, -2);
  const repeated = (value: TfValue, dims: readonly Dim[]): TfValue => {
    const own = dims.slice(0, -2);
    const isPlain = own.every((dim) => dim === 1) || own.every((dim, i) => dim === batch[i]);
    return isPlain ? value : s.tf.op('BroadcastTo', [value, s.sizes([...batch, ...dims.slice(-2)])]);
  };
  left = repeated(left, raised(a));
  right = repeated(right, raised(b));
  const product = s.tf.op('BatchMatMulV2', [left, right]);
  return [s.plain(finish(s, a.length === 1 ? s.reshape(product, out) : product))];
};

/** Products of integers are computed in floating point, exact up to 2^24. */
const finish = (s: Site, product: TfValue): TfValue =>
  s.outType() === product.dtype ? product : s.tf.op('Cast', [product], {}, s.outType());

/** Input i times a factor, transposed where asked for: constants at once, others when the model runs. */
function factor(s: Site, i: number, by: number, isTransposed = false): TfValue {
  const tensor = s.tensor(i);
  const perm = isTransposed ? [1, 0] : identity(s.rank(i));
  if (by === 1) return s.as(i, perm);
  if (!tensor || tensor.dims.some(s.isBatch)) return s.tf.op('Mul', [s.as(i, perm), s.tf.scalar(by)]);
  const scaled: Tensor = {
    dtype: 'float32',
    dims: tensor.dims,
    data: toFloat32(tensor).map((value) => value * by),
  };
  return s.tf.constant(transposeTensor(scaled, perm), s.source(i).name);
}

/** alpha A B + beta C */
const gemm: Rule = (s) => {
  const [alpha, beta] = [floatAttribute(s.node, 'alpha'), floatAttribute(s.node, 'beta')];
  const isTransposed = intAttribute(s.node, 'transB') === 1;
  const isConstant = s.source(1).constant !== undefined;
  const product = s.tf.op('MatMul', [s.natural(0), factor(s, 1, alpha, isTransposed && isConstant)], {
    transpose_a: int(intAttribute(s.node, 'transA')),
    transpose_b: int(isTransposed && !isConstant ? 1 : 0),
  });
  if (!s.has(2) || beta === 0) return [s.plain(product)];
  const isBias = s.rank(2) === 1;
  return [s.plain(s.tf.op(isBias ? 'BiasAdd' : 'AddV2', [product, factor(s, 2, beta)]))];
};

export const MATRIX: Rules = { MatMul: matMul, Gemm: gemm };
