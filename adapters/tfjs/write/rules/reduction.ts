import { int, intAttribute } from '../../../../core/graph/index.ts';
import type { Rule, Rules, Site } from '../rule.ts';
import type { TfValue } from '../tf-builder.ts';

interface Reduction {
  readonly before?: (s: Site, x: TfValue) => TfValue;
  readonly op: string;
  readonly after?: (s: Site, x: TfValue) => TfValue;
}

/** The axes that are reduced: all of them where none is given, unless that is to mean none. */
function axesOf(s: Site): readonly number[] {
  const given = s.has(1) ? s.require(1, 'axes') : [];
  if (given.length > 0) return given.map((a) => s.axis(a, s.rank(0)));
  return intAttribute(s.node, 'noop_with_empty_axes') === 1 ? [] : s.dims(0).map((_, i) => i);
}

/** Axes are reduced wherever they lie; those that remain stay in the order in which they are. */
const reduction =
  ({ before, op, after }: Reduction): Rule =>
  (s) => {
    const perm = s.order(0);
    const x = s.as(0, perm);
    const axes = axesOf(s);
    const none = axes.length === 0;
    const prepared = before ? before(s, x) : x;
    const places = perm.flatMap((axis, i) => (axes.includes(axis) ? [i] : []));
    const keep = intAttribute(s.node, 'keepdims') === 1;
    const reduced = none
      ? prepared
      : s.tf.op(op, [prepared, s.tf.integers(places)], { keep_dims: int(keep ? 1 : 0) });
    const value = after ? after(s, reduced) : reduced;
    if (keep || none) return [[{ perm, value }]];
    const remaining = perm.filter((axis) => !axes.includes(axis));
    const sorted = [...remaining].sort((a, b) => a - b);
    return [[{ perm: remaining.map((axis) => sorted.indexOf(axis)), value }]];
  };

const by =
  (op: string) =>
  (s: Site, x: TfValue): TfValue =>
    s.tf.op(op, [x]);

/** log(sum(exp(x))), with the largest element taken out so that nothing overflows. */
const logSumExp: Rule = (s) => {
  const axes = axesOf(s);
  const x = s.natural(0);
  if (axes.length === 0) return [s.plain(x)];
  const over = s.tf.integers(axes);
  const keep = { keep_dims: int(1) };
  const largest = s.tf.op('Max', [x, over], keep);
  const sum = s.tf.op('Sum', [s.tf.op('Exp', [s.tf.op('Sub', [x, largest])]), over], keep);
  const value = s.tf.op('AddV2', [s.tf.op('Log', [sum]), largest]);
  return [s.plain(intAttribute(s.node, 'keepdims') === 1 ? value : s.reshape(value, s.outDims()))];
};

export const REDUCTION: Rules = {
  ReduceSum: reduction({ op: 'Sum' }),
  ReduceMean: reduction({ op: 'Mean' }),
  ReduceMax: reduction({ op: 'Max' }),
  ReduceMin: reduction({ op: 'Min' }),
  ReduceProd: reduction({ op: 'Prod' }),
  ReduceL1: reduction({ before: by('Abs'), op: 'Sum' }),
  ReduceL2: reduction({ before: by('Square'), op: 'Sum', after: by('Sqrt') }),
  ReduceSumSquare: reduction({ before: by('Square'), op: 'Sum' }),
  ReduceLogSum: reduction({ op: 'Sum', after: by('Log') }),
  ReduceLogSumExp: logSumExp,
};
