/**
 * Elements picked by, or put at, the places that another input tells. A place that is read twice gets both gradients.
 *   GatherElements, GatherND    dx = dy added up at its indices (GatherGradient, once places are told by one number)
 *   TopK                        dx = dy at the places of the k elements, zero elsewhere
 *   ScatterElements, ScatterND, which put `updates` at places of `data`:
 *     replacing   d(data) = dy, zero at the places        d(updates) = dy at the places
 *     adding      d(data) = dy                            d(updates) = dy at the places
 *     max, min    y = dy / k is shared by the k elements of data and updates that reach the extremum
 */
import {
  int,
  int64,
  intAttribute,
  ints,
  str,
  stringAttribute,
  toNumbers,
  type Value,
} from '../../graph/index.ts';
import { normalizeAxis, once, productOf } from '../axes.ts';
import { emitGradientOp } from '../ops.ts';
import type { GradientRule, InputGradient, RuleContext } from '../rule.ts';

const axisOf = (c: RuleContext): number => normalizeAxis(intAttribute(c.node, 'axis'), c.shape(0).length);

const zerosLike = (c: RuleContext, i: number): Value =>
  c.builder.expand(c.builder.scalar(0, c.input(i)), c.shape(i));

/** How ops of one kind tell places by their indices, input 1. */
interface Places {
  /** x at the places. */
  read(c: RuleContext, x: Value): Value;
  /** Zeros of the shape of input 0, with `updates` put at the places; no place may be there twice. */
  put(c: RuleContext, into: Value, updates: Value): Value;
  /** Zeros of the shape of input 0, with `updates` added up at the places. */
  addUp(c: RuleContext, updates: Value): Value;
}

const elements: Places = {
  read: (c, x) => c.builder.op('GatherElements', [x, c.input(1)], { axis: int(axisOf(c)) }),
  put: (c, into, updates) =>
    c.builder.op('ScatterElements', [into, c.input(1), updates], { axis: int(axisOf(c)) }),
  addUp(c, updates) {
    const known = c.known(1);
    const axis = axisOf(c);
    if (!known)
      return c.builder.op('ScatterElements', [zerosLike(c, 0), c.input(1), updates], {
        axis: int(axis),
        reduction: str('add'),
      });
    const data = c.shape(0);
    const shape = c.shape(1);
    const indices = toNumbers(known);
    const flat = indices.map((given, k) => {
      let rest = k;
      let place = 0;
      data.forEach((size, i) => {
        const step = productOf(shape.slice(i + 1));
        const own = Math.floor(rest / step);
        rest %= step;
        place = place * size + (i === axis ? normalizeAxis(given, size) : own);
      });
      return place;
    });
    return addAt(c, c.builder.constant(int64(flat)), updates, 1);
  },
};

/** Places told by tuples of indices along the last axis, after `batch_dims` axes that data and indices share. */
const tuples: Places = {
  read: (c, x) => c.builder.op('GatherND', [x, c.input(1)]),
  put: (c, into, updates) => c.builder.op('ScatterND', [into, c.input(1), updates]),
  addUp(c, updates) {
    // ScatterND has no axes in common.
    const batch = c.node.op === 'GatherND' ? intAttribute(c.node, 'batch_dims') : 0;
    const data = c.shape(0);
    const tuple = c.shape(1).at(-1)!;
    const inner = productOf(data.slice(batch + tuple));
    return addAt(c, flatTuples(c, batch, tuple), updates, inner);
  },
};

/** The row that each tuple names when the axes that tuples (and the batch) index are one. */
function flatTuples(c: RuleContext, batch: number, tuple: number): Value {
  const b = c.builder;
  const data = c.shape(0);
  const sizes = data.slice(batch, batch + tuple);
  const steps = sizes.map((_, i) => productOf(sizes.slice(i + 1)));
  const outer = productOf(data.slice(0, batch));
  const count = productOf(c.shape(1).slice(0, -1));
  const rowsBefore = Array.from(
    { length: count },
    (_, k) => Math.floor(k / (count / outer)) * productOf(sizes),
  );
  const known = c.known(1);
  if (known) {
    const indices = toNumbers(known);
    const rows = rowsBefore.map((before, k) =>
      steps.reduce((row, step, i) => row + step * normalizeAxis(indices[k * tuple + i]!, sizes[i]!), before),
    );
    return b.constant(int64(rows));
  }
  const given = b.reshape(b.cast(c.input(1), 'int64'), [count, tuple]);
  const wrapped = b.where(b.less(given, b.integers([0])), b.add(given, b.integers(sizes)), given);
  const rows = b.reduceSum(b.mul(wrapped, b.integers(steps)), [1]);
  return outer === 1 ? rows : b.add(rows, b.constant(int64(rowsBefore)));
}

/** Rows of `inner` elements added up at their indices, in the shape of input 0. */
function addAt(c: RuleContext, rows: Value, updates: Value, inner: number): Value {
  const b = c.builder;
  const flat = [productOf(c.shape(0)) / inner, inner];
  const dy = b.reshape(updates, [rows.shape[0] as number, inner]);
  const [sum] = emitGradientOp(b, 'GatherGradient', [rows, dy], { axis: int(0), data_shape: ints(flat) }, [
    { dtype: dy.dtype, shape: flat },
  ]);
  return b.reshape(sum!, c.shape(0));
}

const gathered =
  (places: Places) =>
  (c: RuleContext): InputGradient[] => [() => places.addUp(c, c.dy)];

const scattered =
  (places: Places) =>
  (c: RuleContext): InputGradient[] => {
    const { builder: b, dy, y } = c;
    const reduction = stringAttribute(c.node, 'reduction');
    if (reduction === 'none')
      return [() => places.put(c, dy, zerosLike(c, 2)), undefined, () => places.read(c, dy)];
    if (reduction === 'add') return [dy, undefined, () => places.read(c, dy)];
    if (reduction === 'mul') throw c.unsupported('it multiplies what is there (reduction "mul")');
    const shares = once(() => {
      const kept = b.cast(b.equal(c.input(0), y), y.dtype);
      const reached = b.cast(b.equal(c.input(2), places.read(c, y)), y.dtype);
      return { kept, reached, share: b.div(dy, b.add(kept, places.addUp(c, reached))) };
    });
    return [
      () => b.mul(shares().share, shares().kept),
      undefined,
      () => b.mul(places.read(c, shares().share), shares().reached),
    ];
  };

function topK(c: RuleContext): InputGradient[] {
  const b = c.builder;
  const axis = int(axisOf(c));
  return [
    () => {
      const [, given] = c.outputs;
      const indices =
        given ??
        b.ops('TopK', [c.input(0), c.input(1)], c.node.attributes, {
          outputs: 2,
          types: [c.y, { dtype: 'int64', shape: c.y.shape }],
        })[1]!;
      return b.op('ScatterElements', [zerosLike(c, 0), indices, c.dy], { axis });
    },
  ];
}

const SCATTER_LIMITS = 'Not with reduction "mul".';

export const SCATTER_RULES: readonly GradientRule[] = [
  { op: 'GatherElements', gradient: gathered(elements) },
  { op: 'GatherND', gradient: gathered(tuples) },
  { op: 'TopK', gradient: topK },
  { op: 'ScatterElements', gradient: scattered(elements), limits: SCATTER_LIMITS },
  { op: 'ScatterND', gradient: scattered(tuples), limits: SCATTER_LIMITS },
];
