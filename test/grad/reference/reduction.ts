import { type Array64, array, build, forEachIndex, offsetOf, positive } from './array.ts';
import type { Call, Operators } from './operator.ts';

/** The elements that share one position when `axes` are reduced, by that position; and the shape with ones kept. */
export function groups(x: Array64, axes: readonly number[]): { kept: number[]; members: number[][] } {
  const kept = x.dims.map((d, i) => (axes.includes(i) ? 1 : d));
  const members: number[][] = [];
  forEachIndex(x.dims, (index, flat) => {
    const at = offsetOf(
      kept,
      index.map((n, i) => (axes.includes(i) ? 0 : n)),
    );
    members[at] ??= [];
    members[at].push(x.data[flat]!);
  });
  return { kept, members };
}

function reduce(combine: (values: number[]) => number) {
  return (call: Call): Array64 => {
    const { dims } = call.x;
    const given = call.list('axes', 1) ?? [];
    const all = call.int('noop_with_empty_axes', 0) ? [] : dims.map((_, i) => i);
    const axes = given.length > 0 ? given.map((a) => positive(a, dims.length)) : all;
    const { kept, members } = groups(call.x, axes);
    const shape = call.int('keepdims', 1) ? kept : dims.filter((_, i) => !axes.includes(i));
    return array(shape, members.map(combine));
  };
}

/** The elements along one axis, by the position of any of them. */
function rows(x: Array64, axis: number): (index: readonly number[]) => number[] {
  const { kept, members } = groups(x, [axis]);
  const first = (index: readonly number[]): number[] => index.map((n, i) => (i === axis ? 0 : n));
  return (index) => members[offsetOf(kept, first(index))]!;
}

/** f of each element and of the elements it shares its row with, along one axis. */
function alongAxis(f: (x: number, row: number[]) => number) {
  return (call: Call): Array64 => {
    const axis = positive(call.int('axis', -1), call.x.dims.length);
    const rowAt = rows(call.x, axis);
    return build(call.x.dims, (index) => {
      const row = rowAt(index);
      return f(row[index[axis]!]!, row);
    });
  };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const logSumExp = (values: readonly number[]): number => {
  const top = Math.max(...values);
  return top + Math.log(sum(values.map((v) => Math.exp(v - top))));
};

export const REDUCTION: Operators = {
  ReduceSum: reduce(sum),
  ReduceMean: reduce((v) => sum(v) / v.length),
  ReduceMax: reduce((v) => Math.max(...v)),
  ReduceMin: reduce((v) => Math.min(...v)),
  ReduceSumSquare: reduce((v) => sum(v.map((x) => x * x))),
  ReduceL1: reduce((v) => sum(v.map(Math.abs))),
  ReduceL2: reduce((v) => Math.sqrt(sum(v.map((x) => x * x)))),
  ReduceLogSumExp: reduce(logSumExp),
  ReduceLogSum: reduce((v) => Math.log(sum(v))),
  ReduceProd: reduce((v) => v.reduce((a, b) => a * b, 1)),
  CumSum: (call) => {
    const axis = positive(call.input(1).data[0]!, call.x.dims.length);
    const rowAt = rows(call.x, axis);
    return build(call.x.dims, (index) => {
      const row = rowAt(index);
      const at = index[axis]!;
      const counts = (i: number): boolean => {
        if (i === at) return call.int('exclusive', 0) === 0;
        return call.int('reverse', 0) === 1 ? i > at : i < at;
      };
      return sum(row.filter((_, i) => counts(i)));
    });
  },
  Softmax: alongAxis((x, row) => Math.exp(x - logSumExp(row))),
  LogSoftmax: alongAxis((x, row) => x - logSumExp(row)),
};
