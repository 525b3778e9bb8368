/**
 * Elements picked by, or put at, the places that another input tells. A place that is read twice gets both gradients.
 *   GatherElements    dx = dy added up at its indices               (ScatterElements)
 *   GatherND          dx = dy added up at its indices               (ScatterND)
 *   TopK              dx = dy at the places of the k elements, zero elsewhere
 *   ScatterElements, ScatterND, which put `updates` at places of `data`:
 *     replacing   d(data) = dy, zero at the places        d(updates) = dy at the places
 *     adding      d(data) = dy                            d(updates) = dy at the places
 *     max, min    y = dy / k is shared by the k elements of data and updates that reach the extremum
 */
import {
  type Attributes,
  int,
  int64,
  intAttribute,
  str,
  stringAttribute,
  type Value,
} from '../../graph/index.ts';
import { normalizeAxis, once, productOf } from '../axes.ts';
import type { GradientRule, InputGradient, RuleContext } from '../rule.ts';

/** How a Gather op reads places, and how the Scatter op with the same places writes there. */
interface Places {
  gather(c: RuleContext, x: Value): Value;
  scatter(c: RuleContext, into: Value, updates: Value, reduction: 'none' | 'add'): Value;
}

const reduced = (attributes: Attributes, reduction: 'none' | 'add'): Attributes =>
  reduction === 'none' ? attributes : { ...attributes, reduction: str(reduction) };

const axisOf = (c: RuleContext, fallback: number): Attributes => ({
  axis: int(normalizeAxis(intAttribute(c.node, 'axis', fallback), c.shape(0).length)),
});

const elements: Places = {
  gather: (c, x) => c.builder.op('GatherElements', [x, c.input(1)], axisOf(c, 0)),
  scatter: (c, into, updates, reduction) =>
    c.builder.op('ScatterElements', [into, c.input(1), updates], reduced(axisOf(c, 0), reduction)),
};

const tuples: Places = {
  gather: (c, x) => c.builder.op('GatherND', [x, c.input(1)]),
  scatter: (c, into, updates, reduction) =>
    c.builder.op('ScatterND', [into, c.input(1), updates], reduced({}, reduction)),
};

const zerosLike = (c: RuleContext, i: number): Value =>
  c.builder.expand(c.builder.scalar(0, c.input(i)), c.shape(i));

const gatherElements = (c: RuleContext): InputGradient[] => [
  () => elements.scatter(c, zerosLike(c, 0), c.dy, 'add'),
];

function gatherND(c: RuleContext): InputGradient[] {
  const b = c.builder;
  const batchDims = intAttribute(c.node, 'batch_dims', 0);
  return [
    () => {
      if (batchDims === 0) return tuples.scatter(c, zerosLike(c, 0), c.dy, 'add');
      // ScatterND has no batch: the batch's own indices are put before the given ones.
      const batch = c.shape(0).slice(0, batchDims);
      const tuple = c.shape(1).at(-1)!;
      const inner = c.shape(1).slice(batchDims, -1);
      const rows = [productOf(batch), productOf(inner)] as const;
      const own = Array.from({ length: rows[0] }, (_, row) => {
        let rest = row;
        const index = batch.map((_, i) => {
          const size = productOf(batch.slice(i + 1));
          const at = Math.floor(rest / size);
          rest %= size;
          return at;
        });
        return Array.from({ length: rows[1] }, () => index).flat();
      }).flat();
      const prefix = b.constant(int64(own, [...batch, ...inner, batchDims]));
      const given = b.cast(c.input(1), 'int64');
      const places = b.concat([prefix, given], batch.length + inner.length);
      const flat = b.reshape(places, [rows[0] * rows[1], batchDims + tuple]);
      const rest = c.shape(0).slice(batchDims + tuple);
      const updates = b.reshape(c.dy, [rows[0] * rows[1], ...rest]);
      return b.op('ScatterND', [zerosLike(c, 0), flat, updates], { reduction: str('add') });
    },
  ];
}

const scattered =
  (places: Places) =>
  (c: RuleContext): InputGradient[] => {
    const { builder: b, dy, y } = c;
    const reduction = stringAttribute(c.node, 'reduction', 'none');
    if (reduction === 'none')
      return [() => places.scatter(c, dy, zerosLike(c, 2), 'none'), undefined, () => places.gather(c, dy)];
    if (reduction === 'add') return [dy, undefined, () => places.gather(c, dy)];
    if (reduction === 'mul') throw c.unsupported('it multiplies what is there (reduction "mul")');
    const shares = once(() => {
      const kept = b.cast(b.equal(c.input(0), y), y.dtype);
      const reached = b.cast(b.equal(c.input(2), places.gather(c, y)), y.dtype);
      return { kept, reached, share: b.div(dy, places.scatter(c, kept, reached, 'add')) };
    });
    return [
      () => b.mul(shares().share, shares().kept),
      undefined,
      () => b.mul(places.gather(c, shares().share), shares().reached),
    ];
  };

function topK(c: RuleContext): InputGradient[] {
  const b = c.builder;
  const axis = axisOf(c, -1);
  return [
    () => {
      const [, given] = c.outputs;
      const indices =
        given ??
        b.ops('TopK', [c.input(0), c.input(1)], c.node.attributes, {
          outputs: 2,
          types: [c.y, { dtype: 'int64', shape: c.y.shape }],
        })[1]!;
      return b.op('ScatterElements', [zerosLike(c, 0), indices, c.dy], axis);
    },
  ];
}

const SCATTER_LIMITS = 'Not with reduction "mul".';

export const SCATTER_RULES: readonly GradientRule[] = [
  { op: 'GatherElements', gradient: gatherElements },
  { op: 'GatherND', gradient: gatherND },
  { op: 'TopK', gradient: topK },
  { op: 'ScatterElements', gradient: scattered(elements), limits: SCATTER_LIMITS },
  { op: 'ScatterND', gradient: scattered(tuples), limits: SCATTER_LIMITS },
];
