import { type Array64, array, at, atBroadcast, broadcastDims, build, forEachIndex } from './array.ts';
import type { Call, Operators } from './operator.ts';
import { windowOf } from './window.ts';

function matMul(a: Array64, b: Array64): Array64 {
  const left = a.dims.length === 1 ? array([1, ...a.dims], a.data) : a;
  const right = b.dims.length === 1 ? array([...b.dims, 1], b.data) : b;
  const [m, k, n] = [left.dims.at(-2)!, left.dims.at(-1)!, right.dims.at(-1)!];
  const batch = broadcastDims(left.dims.slice(0, -2), right.dims.slice(0, -2));
  const product = build([...batch, m, n], (index) => {
    const [prefix, row, column] = [index.slice(0, -2), index.at(-2)!, index.at(-1)!];
    let sum = 0;
    for (let i = 0; i < k; i++)
      sum += atBroadcast(left, [...prefix, row, i]) * atBroadcast(right, [...prefix, i, column]);
    return sum;
  });
  const dims = [...batch, ...(a.dims.length > 1 ? [m] : []), ...(b.dims.length > 1 ? [n] : [])];
  return array(dims, product.data);
}

function transposed(a: Array64): Array64 {
  return build([a.dims[1]!, a.dims[0]!], ([i, j]) => at(a, [j!, i!]));
}

function gemm(call: Call): Array64 {
  const a = call.int('transA', 0) ? transposed(call.x) : call.x;
  const b = call.int('transB', 0) ? transposed(call.input(1)) : call.input(1);
  const product = matMul(a, b);
  const [alpha, beta, c] = [call.float('alpha', 1), call.float('beta', 1), call.inputs[2]];
  return build(product.dims, (index) => alpha * at(product, index) + (c ? beta * atBroadcast(c, index) : 0));
}

function conv(call: Call): Array64 {
  const [x, w, bias] = [call.x, call.input(1), call.inputs[2]];
  const [batch, channels, ...spatial] = x.dims as [number, number, ...number[]];
  const window = windowOf(call, spatial, w.dims.slice(2));
  const [filters, depth] = w.dims as [number, number];
  const group = call.int('group', 1);
  if (depth * group !== channels) throw new RangeError('channels do not fit the weights');
  return build([batch, filters, ...window.output], ([n, filter, ...position]) => {
    let sum = bias ? bias.data[filter!]! : 0;
    const first = Math.floor(filter! / (filters / group)) * depth;
    window.forEachTap(position, (tap, source) => {
      for (let c = 0; c < depth; c++) sum += at(x, [n!, first + c, ...source]) * at(w, [filter!, c, ...tap]);
    });
    return sum;
  });
}

function convTranspose(call: Call): Array64 {
  const [x, w, bias] = [call.x, call.input(1), call.inputs[2]];
  const [batch, channels, ...spatial] = x.dims as [number, number, ...number[]];
  const kernel = w.dims.slice(2);
  const ones = spatial.map(() => 1);
  const [strides, dilations] = [call.ints('strides', ones), call.ints('dilations', ones)];
  let pads = call.ints('pads', [...ones, ...ones].fill(0));
  const extra = call.ints('output_padding', [...ones].fill(0));
  const unpadded = spatial.map(
    (size, i) => strides[i]! * (size - 1) + extra[i]! + dilations[i]! * (kernel[i]! - 1) + 1,
  );
  const auto = call.text('auto_pad', 'NOTSET');
  const given = call.ints('output_shape', []);
  let output: readonly number[] = unpadded.map((size, i) => size - pads[i]! - pads[i + spatial.length]!);
  if (given.length > 0 || auto.startsWith('SAME')) {
    output = given.length > 0 ? given.slice(-spatial.length) : spatial.map((size, i) => size * strides[i]!);
    const totals = unpadded.map((size, i) => Math.max(0, size - output[i]!));
    const begins = totals.map((t) => (auto === 'SAME_UPPER' ? Math.floor(t / 2) : Math.ceil(t / 2)));
    pads = [...begins, ...totals.map((t, i) => t - begins[i]!)];
  }
  const group = call.int('group', 1);
  const width = w.dims[1]!;
  const y = build([batch, width * group, ...output], ([, c]) => (bias ? bias.data[c!]! : 0));
  forEachIndex(x.dims, ([n, c, ...position], flat) =>
    forEachIndex([width, ...kernel], ([m, ...tap]) => {
      const target = position.map((p, i) => p * strides[i]! + tap[i]! * dilations[i]! - pads[i]!);
      if (target.some((t, i) => t < 0 || t >= output[i]!)) return;
      const channel = Math.floor(c! / (channels / group)) * width + m!;
      let offset = n! * width * group + channel;
      target.forEach((t, i) => {
        offset = offset * output[i]! + t;
      });
      y.data[offset]! += x.data[flat]! * at(w, [c!, m!, ...tap]);
    }),
  );
  return y;
}

export const LINEAR: Operators = {
  MatMul: (call) => matMul(call.x, call.input(1)),
  Gemm: gemm,
  Conv: conv,
  ConvTranspose: convTranspose,
};
