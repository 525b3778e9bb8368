import fc from 'fast-check';
import { describe, it } from 'vitest';
import { int } from '../../core/graph/index.ts';
import { checkCase, type OpCase } from './check.ts';
import {
  awayFromZero,
  booleans,
  distinct,
  exactly,
  indices,
  integers,
  known,
  type Sample,
  uniform,
} from './samples.ts';

const RUNS = { seed: 20, numRuns: 40 };
const sizes = (minLength: number, maxLength: number) =>
  fc.array(fc.integer({ min: 1, max: 3 }), { minLength, maxLength });

/** Several shapes that broadcast together: each drops leading axes of a common shape and has ones in places. */
const broadcasting = (count: number, maxRank = 3): fc.Arbitrary<number[][]> =>
  sizes(0, maxRank).chain((common) =>
    fc.tuple(
      ...Array.from({ length: count }, () =>
        fc
          .record({
            dropped: fc.integer({ min: 0, max: common.length }),
            ones: fc.array(fc.boolean(), { minLength: common.length, maxLength: common.length }),
          })
          .map(({ dropped, ones }) => common.map((d, i) => (ones[i] ? 1 : d)).slice(dropped)),
      ),
    ),
  );

const two = (op: string, left: (dims: number[]) => Sample, right: (dims: number[]) => Sample) =>
  broadcasting(2).map(
    ([a, b]): OpCase => ({ label: `${op} [${a}] [${b}]`, op, inputs: [left(a!), right(b!)] }),
  );

/** Operands that never tie: those on the left near odd multiples of a step, those on the right near even ones. */
const offset =
  (shift: number) =>
  (dims: number[]): Sample => {
    const sample = distinct(dims);
    return {
      ...sample,
      fill: (random) => sample.fill(random).map((x) => Math.fround(Math.round(x * 10) / 5 + shift)),
    };
  };

const positive = (dims: number[]): Sample => uniform(dims, 0.3, 2);
/** PRelu's slope is repeated to x's shape, never the other way. */
const slopes: fc.Arbitrary<OpCase> = broadcasting(2).map(([a, b]) => {
  const rank = Math.max(a!.length, b!.length);
  const at = (dims: number[], i: number) => dims[i - rank + dims.length] ?? 1;
  const x = Array.from({ length: rank }, (_, i) => Math.max(at(a!, i), at(b!, i)));
  return { label: `PRelu [${x}] [${b}]`, op: 'PRelu', inputs: [awayFromZero(x), uniform(b!)] };
});

const selections: fc.Arbitrary<OpCase> = broadcasting(3).map(([c, a, b]) => ({
  label: `Where [${c}] [${a}] [${b}]`,
  op: 'Where',
  inputs: [booleans(c!), uniform(a!), uniform(b!)],
}));

const sums: fc.Arbitrary<OpCase> = broadcasting(3).map((shapes) => ({
  label: `Sum ${JSON.stringify(shapes)}`,
  op: 'Sum',
  inputs: shapes.map((dims) => uniform(dims)),
}));

const products: fc.Arbitrary<OpCase> = fc
  .record({
    batches: broadcasting(2, 2),
    m: fc.integer({ min: 1, max: 3 }),
    k: fc.integer({ min: 1, max: 3 }),
    n: fc.integer({ min: 1, max: 3 }),
    vector: fc.constantFrom('none', 'left', 'right'),
  })
  .map(({ batches, m, k, n, vector }) => {
    const a = vector === 'left' ? [k] : [...batches[0]!, m, k];
    const b = vector === 'right' ? [k] : [...batches[1]!, k, n];
    return { label: `MatMul [${a}] [${b}]`, op: 'MatMul', inputs: [uniform(a), uniform(b)] };
  });

const reductions: fc.Arbitrary<OpCase> = fc
  .record({
    op: fc.constantFrom('ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceL2', 'ReduceLogSumExp', 'ReduceProd'),
    dims: sizes(1, 4),
    picks: fc.array(fc.constantFrom('no', 'front', 'back'), { minLength: 4, maxLength: 4 }),
    keep: fc.boolean(),
  })
  .map(({ op, dims, picks, keep }) => {
    const rank = dims.length;
    const axes = dims.flatMap((_, i) => (picks[i] === 'front' ? [i] : picks[i] === 'back' ? [i - rank] : []));
    const x = op === 'ReduceMax' ? distinct(dims) : awayFromZero(dims);
    return {
      label: `${op} [${dims}] axes [${axes}] keep ${keep}`,
      op,
      inputs: axes.length > 0 ? [x, integers(axes)] : [x],
      attributes: { keepdims: int(keep ? 1 : 0) },
    };
  });

const gathers: fc.Arbitrary<OpCase> = fc
  .record({
    dims: sizes(1, 3),
    axis: fc.nat(2),
    places: fc.array(fc.nat(11), { minLength: 1, maxLength: 6 }),
    rank: fc.constantFrom(0, 1, 2),
    negative: fc.boolean(),
    given: fc.boolean(),
  })
  .map(({ dims, axis, places, rank, negative, given }) => {
    const at = axis % dims.length;
    const size = dims[at]!;
    const values = (rank === 0 ? places.slice(0, 1) : places).map((p) => (p % size) - (negative ? size : 0));
    const shape = rank === 0 ? [] : rank === 1 ? [values.length] : [1, values.length];
    return {
      label: `Gather [${dims}] axis ${at} indices [${values}] of shape [${shape}]`,
      op: 'Gather',
      inputs: [uniform(dims), (given ? indices : integers)(values, shape)],
      attributes: { axis: int(negative ? at - dims.length : at) },
    };
  });

const slices: fc.Arbitrary<OpCase> = fc
  .array(
    fc.record({
      size: fc.integer({ min: 1, max: 6 }),
      first: fc.nat(5),
      count: fc.integer({ min: 1, max: 4 }),
      step: fc.constantFrom(1, 1, 2, 3, -1, -2),
      fromEnd: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((axes) => {
    const parts = axes.map(({ size, first, count, step, fromEnd }) => {
      const start = first % size;
      const end = start + step * count;
      if (end < 0) return { start, end: -size - 1, step };
      // Ends beyond the last element are cut off; ends and starts may count from the back.
      return fromEnd && end < size ? { start: start - size, end: end - size, step } : { start, end, step };
    });
    return {
      label: `Slice [${axes.map((a) => a.size)}] ${JSON.stringify(parts)}`,
      op: 'Slice',
      inputs: [
        uniform(axes.map((a) => a.size)),
        integers(parts.map((p) => p.start)),
        integers(parts.map((p) => p.end)),
        integers(parts.map((_, i) => (i % 2 ? i : i - axes.length))),
        integers(parts.map((p) => p.step)),
      ],
    };
  });

const pads: fc.Arbitrary<OpCase> = fc
  .record({
    axes: fc.array(
      fc.record({
        size: fc.integer({ min: 3, max: 5 }),
        before: fc.integer({ min: -1, max: 2 }),
        after: fc.integer({ min: -1, max: 2 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    value: fc.option(fc.constantFrom(0, 1.5), { nil: undefined }),
  })
  .map(({ axes, value }) => {
    const list = [...axes.map((a) => a.before), ...axes.map((a) => a.after)];
    const inputs = [uniform(axes.map((a) => a.size)), integers(list)];
    return {
      label: `Pad [${axes.map((a) => a.size)}] by [${list}] with ${value}`,
      op: 'Pad',
      inputs: value === undefined ? inputs : [...inputs, known(exactly([], [value]))],
    };
  });

describe('shapes at any combination', () => {
  it.each([
    ['Add', two('Add', uniform, uniform)],
    ['Sub', two('Sub', uniform, uniform)],
    ['Mul', two('Mul', uniform, uniform)],
    ['Div', two('Div', uniform, awayFromZero)],
    ['Pow', two('Pow', positive, uniform)],
    ['Max', two('Max', offset(0.1), offset(0))],
    ['Min', two('Min', offset(0.1), offset(0))],
    ['PRelu', slopes],
    ['Sum', sums],
    ['Where', selections],
    ['MatMul', products],
    ['Reduce', reductions],
    ['Gather', gathers],
    ['Slice', slices],
    ['Pad', pads],
  ])('%s', (_, cases) =>
    fc.assert(
      fc.asyncProperty(cases, (test) => checkCase(test)),
      RUNS,
    ),
  );
});
