import { type Array64, at, build } from './array.ts';
import type { Call, Operators } from './operator.ts';
import { windowOf } from './window.ts';

function pool(call: Call, combine: (values: number[], paddedTaps: number) => number): Array64 {
  const [batch, channels, ...spatial] = call.x.dims as [number, number, ...number[]];
  const window = windowOf(call, spatial, call.ints('kernel_shape', []));
  return build([batch, channels, ...window.output], ([n, c, ...position]) => {
    const values: number[] = [];
    window.forEachTap(position, (_, source) => values.push(at(call.x, [n!, c!, ...source])));
    return combine(values, window.paddedTaps(position));
  });
}

function globalPool(call: Call, combine: (values: Float64Array) => number): Array64 {
  const [batch, channels, ...spatial] = call.x.dims as [number, number, ...number[]];
  const size = spatial.reduce((a, b) => a * b, 1);
  return build([batch, channels, ...spatial.map(() => 1)], ([n, c]) => {
    const start = (n! * channels + c!) * size;
    return combine(call.x.data.subarray(start, start + size));
  });
}

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

const lp = (values: ArrayLike<number>, p: number): number =>
  sum(Array.from(values, (v) => Math.abs(v) ** p)) ** (1 / p);

export const POOLING: Operators = {
  MaxPool: (call) => pool(call, (values) => Math.max(...values)),
  AveragePool: (call) =>
    pool(call, (values, padded) => sum(values) / (call.int('count_include_pad', 0) ? padded : values.length)),
  LpPool: (call) => pool(call, (values) => lp(values, call.int('p', 2))),
  GlobalLpPool: (call) => globalPool(call, (values) => lp(values, call.int('p', 2))),
  GlobalAveragePool: (call) => globalPool(call, (values) => sum(values) / values.length),
  GlobalMaxPool: (call) => globalPool(call, (values) => Math.max(...values)),
};
