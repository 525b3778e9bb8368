import { type Array64, array, at, atBroadcast, build, offsetOf, positive } from './array.ts';
import type { Call, Operators } from './operator.ts';
import { groups } from './reduction.ts';

/** (x - mean) / sqrt(variance + epsilon) with statistics over `axes`. */
function normalize(x: Array64, axes: readonly number[], epsilon: number): Array64 {
  const { kept, members } = groups(x, axes);
  const statistics = members.map((values) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    return { mean, deviation: Math.sqrt(variance + epsilon) };
  });
  return build(x.dims, (index) => {
    const place = index.map((n, i) => (axes.includes(i) ? 0 : n));
    const { mean, deviation } = statistics[offsetOf(kept, place)]!;
    return (at(x, index) - mean) / deviation;
  });
}

const from = (axis: number, rank: number) => Array.from({ length: rank - axis }, (_, i) => axis + i);

/** x r scale, and r = 1 / sqrt(mean(x^2) + epsilon) */
function rootMeanSquare(call: Call): Array64[] {
  const { x } = call;
  const axes = from(positive(call.int('axis', -1), x.dims.length), x.dims.length);
  const { kept, members } = groups(x, axes);
  const epsilon = call.float('epsilon', 1e-5);
  const inverse = members.map(
    (row) => 1 / Math.sqrt(row.reduce((a, v) => a + v * v, 0) / row.length + epsilon),
  );
  const y = build(x.dims, (index) => {
    const place = index.map((n, i) => (axes.includes(i) ? 0 : n));
    return at(x, index) * inverse[offsetOf(kept, place)]! * atBroadcast(call.input(1), index);
  });
  return [y, array(kept, inverse)];
}

export const NORMALIZATION: Operators = {
  Scaler: (call) => {
    const [offset, scale] = [call.floats('offset', []), call.floats('scale', [])];
    return build(call.x.dims, (index) => {
      const of = (numbers: readonly number[]): number => numbers[numbers.length === 1 ? 0 : index.at(-1)!]!;
      return (at(call.x, index) - of(offset)) * of(scale);
    });
  },
  BatchNormalization: (call) => {
    const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => call.input(i).data);
    const epsilon = call.float('epsilon', 1e-5);
    return build(call.x.dims, (index) => {
      const c = index[1]!;
      return ((at(call.x, index) - mean![c]!) / Math.sqrt(variance![c]! + epsilon)) * scale![c]! + bias![c]!;
    });
  },
  LayerNormalization: (call) => {
    const { dims } = call.x;
    const axis = positive(call.int('axis', -1), dims.length);
    const h = normalize(call.x, from(axis, dims.length), call.float('epsilon', 1e-5));
    const [scale, bias] = [call.input(1), call.inputs[2]];
    const y = build(
      dims,
      (index) => at(h, index) * atBroadcast(scale, index) + (bias ? atBroadcast(bias, index) : 0),
    );
    const { kept, members } = groups(call.x, from(axis, dims.length));
    const means = members.map((values) => values.reduce((a, b) => a + b, 0) / values.length);
    const deviations = members.map((values, i) => {
      const variance = values.reduce((a, b) => a + (b - means[i]!) ** 2, 0) / values.length;
      return 1 / Math.sqrt(variance + call.float('epsilon', 1e-5));
    });
    return [y, array(kept, means), array(kept, deviations)];
  },
  InstanceNormalization: (call) => {
    const { dims } = call.x;
    const h = normalize(call.x, from(2, dims.length), call.float('epsilon', 1e-5));
    return build(
      dims,
      (index) => at(h, index) * call.input(1).data[index[1]!]! + call.input(2).data[index[1]!]!,
    );
  },
  RMSNormalization: rootMeanSquare,
  SimplifiedLayerNormalization: rootMeanSquare,
  LpNormalization: (call) => {
    const { x } = call;
    const axis = positive(call.int('axis', -1), x.dims.length);
    const { kept, members } = groups(x, [axis]);
    const p = call.int('p', 2);
    return build(x.dims, (index) => {
      const row =
        members[
          offsetOf(
            kept,
            index.map((n, i) => (i === axis ? 0 : n)),
          )
        ]!;
      const norm = row.reduce((a, v) => a + Math.abs(v) ** p, 0) ** (1 / p);
      return norm === 0 ? 0 : at(x, index) / norm;
    });
  },
  MeanVarianceNormalization: (call) => {
    const axes = call.ints('axes', [0, 2, 3]).map((a) => positive(a, call.x.dims.length));
    return normalize(call.x, axes, 0);
  },
  LRN: (call) => {
    const { x } = call;
    const size = call.int('size', 1);
    const [alpha, beta, bias] = [call.float('alpha', 1e-4), call.float('beta', 0.75), call.float('bias', 1)];
    return build(x.dims, (index) => {
      const c = index[1]!;
      let sum = 0;
      for (let j = c - Math.floor((size - 1) / 2); j <= c + Math.ceil((size - 1) / 2); j++)
        if (j >= 0 && j < x.dims[1]!)
          sum +=
            at(
              x,
              index.map((n, i) => (i === 1 ? j : n)),
            ) ** 2;
      return at(x, index) / (bias + (alpha / size) * sum) ** beta;
    });
  },
  /** A scale and a bias a channel; before operator set 21, a group. */
  GroupNormalization: (call) => {
    const [batch, channels, ...spatial] = call.x.dims as [number, number, ...number[]];
    const group = call.int('num_groups', 1);
    const grouped = { dims: [batch, group, channels / group, ...spatial], data: call.x.data };
    const h = normalize(grouped, from(2, grouped.dims.length), call.float('epsilon', 1e-5));
    const flat = { dims: call.x.dims, data: h.data };
    const [scale, bias] = [call.input(1), call.input(2)];
    const shared = channels / scale.dims[0]!;
    return build(flat.dims, (index) => {
      const i = Math.floor(index[1]! / shared);
      return at(flat, index) * scale.data[i]! + bias.data[i]!;
    });
  },
};
