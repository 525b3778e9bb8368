import { int, intAttribute, stringAttribute } from '../../../../core/graph/index.ts';
import { permuted } from '../permutation.ts';
import type { Rule, Rules, Site } from '../rule.ts';
import type { TfValue } from '../tf-builder.ts';

interface Cut {
  readonly begin: number;
  readonly end: number;
  readonly step: number;
  readonly fromStart: boolean;
  readonly toEnd: boolean;
}

const WHOLE: Cut = { begin: 0, end: 0, step: 1, fromStart: true, toEnd: true };

/** One axis of a Slice in TensorFlow's terms, in which an end before the first element has no number. */
function cutOf(s: Site, size: number | string, start: number, stop: number, step: number): Cut {
  if (s.isBatch(size)) {
    const longest = typeof size === 'number' ? size : Number.MAX_SAFE_INTEGER;
    if (step <= 0) throw s.unsupported('it reverses an open axis');
    const toEnd = stop >= longest;
    if (!toEnd && stop > longest / 2) throw s.unsupported('its end hangs on the batch');
    return { begin: start, end: toEnd ? 0 : stop, step, fromStart: start === 0, toEnd };
  }
  const d = size as number;
  const clamp = (value: number, low: number, high: number): number =>
    Math.min(Math.max(value < 0 ? value + d : value, low), high);
  if (step > 0) {
    const [begin, end] = [clamp(start, 0, d), clamp(stop, 0, d)];
    return { begin, end: Math.max(begin, end), step, fromStart: begin === 0, toEnd: end === d };
  }
  const [begin, end] = [clamp(start, 0, d - 1), clamp(stop, -1, d - 1)];
  return { begin, end, step, fromStart: begin === d - 1, toEnd: end < 0 };
}

const slice: Rule = (s) => {
  const rank = s.rank(0);
  const [starts, ends] = [s.require(1, 'starts'), s.require(2, 'ends')];
  const axes = s.has(3) ? s.require(3, 'axes').map((a) => s.axis(a, rank)) : starts.map((_, i) => i);
  const steps = s.has(4) ? s.require(4, 'steps') : starts.map(() => 1);
  const cuts = new Array<Cut>(rank).fill(WHOLE);
  axes.forEach((axis, i) => {
    cuts[axis] = cutOf(s, s.dims(0)[axis]!, starts[i]!, ends[i]!, steps[i]!);
  });
  const perm = s.order(0);
  const x = s.as(0, perm);
  if (cuts.every((cut) => cut.fromStart && cut.toEnd && cut.step === 1)) return [[{ perm, value: x }]];
  const moved = permuted(cuts, perm);
  const mask = (pick: (cut: Cut) => boolean): number =>
    moved.reduce((bits, cut, i) => bits + (pick(cut) ? 2 ** i : 0), 0);
  const value = s.tf.op(
    'StridedSlice',
    [
      x,
      s.tf.integers(moved.map((cut) => cut.begin)),
      s.tf.integers(moved.map((cut) => Math.max(cut.end, 0))),
      s.tf.integers(moved.map((cut) => cut.step)),
    ],
    { begin_mask: int(mask((cut) => cut.fromStart)), end_mask: int(mask((cut) => cut.toEnd)) },
  );
  return [[{ perm, value }]];
};

/** Indices from the end become indices from the start. */
function fromStart(s: Site, i: number, size: number | string): TfValue {
  const known = s.known(i);
  const indices = s.natural(i);
  if (known?.every((index) => index >= 0)) return indices;
  if (s.isBatch(size)) throw s.unsupported('its indices may be counted from the end of an open axis');
  if (known)
    return s.tf.integers(
      known.map((index) => (index < 0 ? index + (size as number) : index)),
      s.shape(i),
    );
  const isNegative = s.tf.op(
    'Cast',
    [s.tf.op('Less', [indices, s.tf.scalar(0, 'int32')], {}, 'bool')],
    {},
    'int32',
  );
  return s.tf.op('AddV2', [indices, s.tf.op('Mul', [isNegative, s.tf.scalar(size as number, 'int32')])]);
}

const gather: Rule = (s) => {
  const axis = s.axis(intAttribute(s.node, 'axis'), s.rank(0));
  const indices = fromStart(s, 1, s.dims(0)[axis]!);
  const isVector = s.rank(1) === 1;
  const perm = isVector ? s.order(0) : undefined;
  const x = perm ? s.as(0, perm) : s.natural(0);
  const place = s.tf.scalar(perm ? perm.indexOf(axis) : axis, 'int32');
  // An index of rank 0 takes its axis away: it is gathered as one of a vector.
  const list = s.rank(1) === 0 ? s.reshape(indices, [1]) : indices;
  const value = s.tf.op('GatherV2', [x, list, place], { batch_dims: int(0) });
  if (perm) return [[{ perm, value }]];
  return [s.plain(s.rank(1) === 0 ? s.reshape(value, s.outDims()) : value)];
};

const gatherND: Rule = (s) => {
  if (intAttribute(s.node, 'batch_dims') !== 0) throw s.unsupported('it has batch axes');
  if (s.known(1)?.some((index) => index < 0)) throw s.unsupported('its indices are counted from the end');
  return [s.plain(s.tf.op('GatherNd', [s.natural(0), s.natural(1)]))];
};

const scatterND: Rule = (s) => {
  const reduction = stringAttribute(s.node, 'reduction');
  if (reduction !== 'none') throw s.unsupported(`it combines what meets at one place (${reduction})`);
  if (s.known(1)?.some((index) => index < 0)) throw s.unsupported('its indices are counted from the end');
  return [s.plain(s.tf.op('TensorScatterUpdate', [s.natural(0), s.natural(1), s.natural(2)]))];
};

const argument =
  (op: 'ArgMax' | 'ArgMin'): Rule =>
  (s) => {
    if (intAttribute(s.node, 'select_last_index') === 1)
      throw s.unsupported('it asks for the last of equal elements');
    const axis = s.axis(intAttribute(s.node, 'axis'), s.rank(0));
    const index = s.tf.op(op, [s.natural(0), s.tf.scalar(axis, 'int32')], {}, 'int32');
    const keep = intAttribute(s.node, 'keepdims') === 1;
    return [s.plain(keep ? s.tf.op('ExpandDims', [index, s.tf.scalar(axis, 'int32')]) : index)];
  };

const topK: Rule = (s) => {
  const axis = s.axis(intAttribute(s.node, 'axis'), s.rank(0));
  if (axis !== s.rank(0) - 1 || intAttribute(s.node, 'largest') !== 1)
    throw s.unsupported('TensorFlow.js takes the largest along the last axis only');
  const k = s.tf.scalar(s.require(1, 'count')[0]!, 'int32');
  const [values, indices] = s.tf.ops('TopKV2', [s.natural(0), k], { sorted: int(1) }, 2);
  return [s.plain(values!), s.plain({ ...indices!, dtype: 'int32' }, 1)];
};

const oneHot: Rule = (s) => {
  const depth = s.require(1, 'depth')[0]!;
  const [off, on] = s.require(2, 'values') as [number, number];
  const axis = intAttribute(s.node, 'axis');
  const indices = s.tf.op('Cast', [fromStart(s, 0, depth)], {}, 'int32');
  const type = s.outType();
  const value = s.tf.op(
    'OneHot',
    [indices, s.tf.scalar(depth, 'int32'), s.tf.scalar(on, type), s.tf.scalar(off, type)],
    { axis: int(-1) },
    type,
  );
  const rank = s.rank(0) + 1;
  const place = s.axis(axis, rank);
  if (place === rank - 1) return [s.plain(value)];
  const order = Array.from({ length: rank - 1 }, (_, i) => i);
  return [s.plain(s.transpose(value, [...order.slice(0, place), rank - 1, ...order.slice(place)]))];
};

const cumulative: Rule = (s) => {
  const axis = s.axis(s.require(1, 'axis')[0]!, s.rank(0));
  const value = s.tf.op('Cumsum', [s.natural(0), s.tf.scalar(axis, 'int32')], {
    exclusive: int(intAttribute(s.node, 'exclusive')),
    reverse: int(intAttribute(s.node, 'reverse')),
  });
  return [s.plain(value)];
};

/** Kept above or below a diagonal, by a mask. */
const triangle: Rule = (s) => {
  const [rows, columns] = s.shape(0).slice(-2) as [number, number];
  const shift = s.has(1) ? s.require(1, 'diagonal')[0]! : 0;
  const upper = intAttribute(s.node, 'upper') === 1;
  const mask = Array.from({ length: rows * columns }, (_, i) => {
    const distance = (i % columns) - Math.floor(i / columns) - shift;
    return (upper ? distance >= 0 : distance <= 0) ? 1 : 0;
  });
  const x = s.natural(0);
  const kept = s.tf.constant({ dtype: 'bool', dims: [rows, columns], data: Uint8Array.from(mask) });
  return [s.plain(s.tf.op('SelectV2', [kept, x, s.tf.scalar(0, x.dtype)], {}, x.dtype))];
};

export const INDEXING: Rules = {
  Slice: slice,
  Gather: gather,
  GatherND: gatherND,
  ScatterND: scatterND,
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  TopK: topK,
  OneHot: oneHot,
  CumSum: cumulative,
  Trilu: triangle,
};
