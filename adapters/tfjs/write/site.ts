import type { MarnetError } from '../../../core/errors.ts';
import {
  type Constant,
  type Dim,
  int,
  type Node,
  sizeOf,
  type Tensor,
  toNumbers,
} from '../../../core/graph/index.ts';
import { holdsBatch, sameAlong } from './batch-constant.ts';
import {
  between,
  identity,
  isIdentity,
  type Permutation,
  permuted,
  samePermutation,
  transposeTensor,
} from './permutation.ts';
import type { Site } from './rule.ts';
import type { Source } from './source.ts';
import { type TfValue, tfDType, toTfTensor } from './tf-builder.ts';
import { type Translation, unsupported } from './translation.ts';

export function siteOf(translation: Translation, node: Node): Site {
  const { graph, tf, batch } = translation;
  const fail = (why: string): MarnetError => unsupported(node, why);
  const isBatch = (size: Dim): boolean =>
    typeof size === 'string' || (batch !== undefined && size !== 0 && size % batch === 0);

  const source = (i: number): Source => {
    const found = translation.sources.get(node.inputs[i] ?? '');
    if (!found) throw fail(`its input ${i} is left out`);
    return found;
  };
  const dims = (i: number): readonly Dim[] => {
    const { shape } = source(i);
    if (!shape) throw fail(`the rank of its input ${i} is not known`);
    return shape;
  };
  const outDims = (k = 0): readonly Dim[] => {
    const shape = graph.typeOf(node.outputs[k]!)?.shape;
    if (!shape) throw fail(`the rank of its output ${k} is not known`);
    return shape;
  };
  const fixed = (sizes: readonly Dim[]): readonly number[] =>
    sizes.map((dim) => {
      if (typeof dim === 'string') throw fail(`a size that it needs is open ("${dim}")`);
      return dim;
    });

  const sizes = (wanted: readonly Dim[]): TfValue => {
    if (!wanted.some(isBatch)) return tf.integers(fixed(wanted));
    const parts = wanted.map((dim) => {
      if (!isBatch(dim)) return tf.scalar(fixed([dim])[0]!, 'int32');
      const times = fixed([dim])[0]! / batch!;
      const size = translation.batchSize();
      return times === 1 ? size : tf.op('Mul', [size, tf.scalar(times, 'int32')]);
    });
    return tf.op('Pack', parts, { axis: int(0), N: int(parts.length) });
  };
  const reshape = (given: TfValue, wanted: readonly Dim[]): TfValue => {
    const value = tf.beforeReshape(given);
    const open = wanted.filter((dim) => dim === -1 || isBatch(dim));
    if (open.length > 1) return tf.op('Reshape', [value, sizes(wanted)]);
    const target = wanted.map((dim) => (isBatch(dim) ? -1 : (dim as number)));
    const constant = open.length === 0 ? tf.graph.constants.get(value.name) : undefined;
    if (constant)
      return tf.weight(value.name, {
        dtype: constant.dtype,
        dims: target,
        read: () => ({ ...constant.read(), dims: target }),
      });
    return tf.op('Reshape', [value, tf.integers(target)]);
  };
  const transpose = (value: TfValue, perm: Permutation): TfValue =>
    isIdentity(perm) ? value : tf.op('Transpose', [value, tf.integers(perm)]);

  /** A constant in an order of axes, made to a rank first. */
  const constantAs = (name: string, constant: Constant, rank: number, perm: Permutation): TfValue => {
    const spreadDims = [...new Array<number>(rank - constant.dims.length).fill(1), ...constant.dims];
    const axis = spreadDims.findIndex(isBatch);
    const read = (): Tensor => {
      const tensor = constant.read();
      return transposeTensor(toTfTensor({ ...tensor, dims: spreadDims }, name), perm);
    };
    if (axis >= 0) {
      const tensor = read();
      const place = perm.indexOf(axis);
      const times = spreadDims[axis]! / batch!;
      const one = times === 1 ? sameAlong(tensor, place) : undefined;
      if (!one || spreadDims.filter(isBatch).length > 1)
        throw fail(`the constant "${name}" hangs on the batch in a way that cannot be computed`);
      const multiples = one.dims.map((_, i) => (i === place ? batch! : 1));
      return tf.op('Tile', [tf.constant(one, name), sizes(multiples)]);
    }
    const size = sizeOf(constant.dims);
    if (batch !== undefined && !translation.isOriginal(name) && holdsBatch(constant, batch))
      throw fail(`it computes with the size of the batch ("${name}")`);
    if (size <= 64 || tfDType(constant.dtype) !== 'float32') return tf.constant(read(), name);
    return tf.weight(name, { dtype: 'float32', dims: permuted(spreadDims, perm), read });
  };

  const spread = (i: number, rank: number, perm: Permutation): TfValue => {
    const from = source(i);
    const own = dims(i);
    if (own.length === rank || from.constant) {
      if (own.length === rank) {
        const there = from.forms.find((form) => samePermutation(form.perm, perm));
        if (there) return there.value;
      }
      const value = from.constant ? constantAs(from.name, from.constant, rank, perm) : converted(from, perm);
      if (own.length === rank) from.forms.push({ perm, value });
      return value;
    }
    const value = spread(i, own.length, identity(own.length));
    if (own.length === 0 || isIdentity(perm)) return value;
    const padded = [...new Array<Dim>(rank - own.length).fill(1), ...own];
    return moved(reshape(value, padded), padded, perm);
  };
  /** Axes moved; where only axes of size 1 move, the elements stay where they are. */
  const moved = (value: TfValue, from: readonly Dim[], perm: Permutation): TfValue => {
    const long = perm.filter((axis) => from[axis] !== 1);
    if (isIdentity(perm)) return value;
    return long.every((axis, k) => k === 0 || long[k - 1]! < axis)
      ? reshape(value, permuted(from, perm))
      : transpose(value, perm);
  };
  const converted = (from: Source, perm: Permutation): TfValue => {
    const form = from.forms[0];
    if (!form) throw fail(`nothing makes its input "${from.name}"`);
    return moved(form.value, permuted(from.shape!, form.perm), between(form.perm, perm));
  };

  const tensor = (i: number): Tensor | undefined =>
    translation.sources.get(node.inputs[i] ?? '')?.constant?.read();
  const known = (i: number): readonly number[] | undefined => {
    const constant = translation.sources.get(node.inputs[i] ?? '')?.constant;
    return constant && toNumbers(constant.read());
  };
  return {
    node,
    tf,
    has: (i) => (node.inputs[i] ?? '') !== '',
    source,
    rank: (i) => dims(i).length,
    dims,
    shape: (i) => fixed(dims(i)),
    outDims,
    outShape: (k) => fixed(outDims(k)),
    outDType: (k = 0) => graph.typeOf(node.outputs[k]!)?.dtype ?? 'float32',
    outType(k = 0) {
      const { dtype } = graph.typeOf(node.outputs[k]!) ?? { dtype: 'float32' as const };
      const type = tfDType(dtype);
      if (!type) throw fail(`its output ${k} is ${dtype}, which TensorFlow.js lacks`);
      return type;
    },
    isBatch,
    natural: (i) => spread(i, dims(i).length, identity(dims(i).length)),
    as: (i, perm) => spread(i, perm.length, perm),
    spread,
    order(i) {
      // As it was made: other orders were asked for by single readers.
      const { forms, constant } = source(i);
      const own = identity(dims(i).length);
      return constant ? own : (forms[0]?.perm ?? own);
    },
    tensor,
    known,
    require(i, what) {
      const values = known(i);
      if (!values) throw fail(`its ${what} (input ${i}) are known only when it runs`);
      return values;
    },
    axis: (axis, rank) => (axis < 0 ? axis + rank : axis),
    sizes,
    reshape,
    transpose,
    plain: (value, k = 0) => [{ perm: identity(outDims(k).length), value }],
    unsupported: fail,
  };
}
