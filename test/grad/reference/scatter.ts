import { type Array64, array, at, build, forEachIndex, offsetOf, positive } from './array.ts';
import type { Call, Operators } from './operator.ts';

const COMBINE: Readonly<Record<string, (old: number, update: number) => number>> = {
  none: (_, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  max: Math.max,
  min: Math.min,
};

function scatterElements(call: Call): Array64 {
  const [x, indices, updates] = [call.x, call.input(1), call.input(2)];
  const axis = positive(call.int('axis', 0), x.dims.length);
  const combine = COMBINE[call.text('reduction', 'none')]!;
  const y = array(x.dims, x.data);
  forEachIndex(indices.dims, (index, flat) => {
    const row = positive(indices.data[flat]!, x.dims[axis]!);
    const place = offsetOf(
      x.dims,
      index.map((n, i) => (i === axis ? row : n)),
    );
    y.data[place] = combine(y.data[place]!, updates.data[flat]!);
  });
  return y;
}

function gatherElements(call: Call): Array64 {
  const [x, indices] = [call.x, call.input(1)];
  const axis = positive(call.int('axis', 0), x.dims.length);
  return build(indices.dims, (index) =>
    at(
      x,
      index.map((n, i) => (i === axis ? positive(at(indices, index), x.dims[axis]!) : n)),
    ),
  );
}

/** The place that the tuple at the end of `indices` names, after `batch` axes that it shares with x. */
function tuple(x: Array64, indices: Array64, index: readonly number[], batch: number): number[] {
  return Array.from({ length: indices.dims.at(-1)! }, (_, k) =>
    positive(at(indices, [...index, k]), x.dims[batch + k]!),
  );
}

function gatherND(call: Call): Array64 {
  const [x, indices] = [call.x, call.input(1)];
  const batch = call.int('batch_dims', 0);
  const outer = indices.dims.slice(0, -1);
  const inner = x.dims.slice(batch + indices.dims.at(-1)!);
  return build([...outer, ...inner], (index) => {
    const place = index.slice(0, outer.length);
    const named = tuple(x, indices, place, batch);
    return at(x, [...place.slice(0, batch), ...named, ...index.slice(outer.length)]);
  });
}

function scatterND(call: Call): Array64 {
  const [x, indices, updates] = [call.x, call.input(1), call.input(2)];
  const combine = COMBINE[call.text('reduction', 'none')]!;
  const y = array(x.dims, x.data);
  const outer = indices.dims.length - 1;
  forEachIndex(updates.dims, (index, flat) => {
    const named = tuple(x, indices, index.slice(0, outer), 0);
    const place = offsetOf(x.dims, [...named, ...index.slice(outer)]);
    y.data[place] = combine(y.data[place]!, updates.data[flat]!);
  });
  return y;
}

function topK(call: Call): Array64[] {
  const { x } = call;
  const axis = positive(call.int('axis', -1), x.dims.length);
  const k = call.input(1).data[0]!;
  const sign = call.int('largest', 1) === 1 ? -1 : 1;
  const order = (index: readonly number[]): { value: number; place: number }[] =>
    Array.from({ length: x.dims[axis]! }, (_, place) => ({
      place,
      value: at(
        x,
        index.map((n, i) => (i === axis ? place : n)),
      ),
    })).sort((a, b) => sign * (a.value - b.value) || a.place - b.place);
  const dims = x.dims.map((d, i) => (i === axis ? k : d));
  return [
    build(dims, (index) => order(index)[index[axis]!]!.value),
    build(dims, (index) => order(index)[index[axis]!]!.place),
  ];
}

export const SCATTER: Operators = {
  GatherElements: gatherElements,
  GatherND: gatherND,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  TopK: topK,
};
