/** Attention as loops over queries, keys and channels; heads in [N, heads, T, D]. */
import { type Array64, array, at, atBroadcast, build } from './array.ts';
import type { Call, Operators } from './operator.ts';

interface Heads {
  readonly q: Array64;
  readonly k: Array64;
  readonly v: Array64;
}

const toHeads = (x: Array64, heads: number): Array64 => {
  const [n, t, width] = x.dims as [number, number, number];
  const d = width / heads;
  return build([n, heads, t, d], ([i, h, j, c]) => at(x, [i!, j!, h! * d + c!]));
};

const fromHeads = (x: Array64): Array64 => {
  const [n, heads, t, d] = x.dims as [number, number, number, number];
  return build([n, t, heads * d], ([i, j, c]) => at(x, [i!, Math.floor(c! / d), j!, c! % d]));
};

const joined = (past: Array64 | undefined, now: Array64): Array64 => {
  if (!past) return now;
  const before = past.dims[2]!;
  return build([now.dims[0]!, now.dims[1]!, before + now.dims[2]!, now.dims[3]!], ([n, h, t, d]) =>
    t! < before ? at(past, [n!, h!, t!, d!]) : at(now, [n!, h!, t! - before, d!]),
  );
};

type Score = (score: number, index: { n: number; h: number; t: number; s: number }) => number;

/** scale Q K^T, [N, heads, T, S]. */
function scoresOf({ q, k }: Heads, scale: number): Array64 {
  const [n, heads, queries, width] = q.dims as [number, number, number, number];
  const [shared, keys] = [k.dims[1]!, k.dims[2]!];
  return build([n, heads, queries, keys], ([i, h, t, s]) => {
    let sum = 0;
    for (let d = 0; d < width; d++)
      sum += at(q, [i!, h!, t!, d]) * at(k, [i!, Math.floor(h! / (heads / shared)), s!, d]);
    return scale * sum;
  });
}

const adjusted = (scores: Array64, adjust: Score): Array64 =>
  build(scores.dims, (index) => {
    const [n, h, t, s] = index as [number, number, number, number];
    return adjust(at(scores, index), { n, h, t, s });
  });

/** Zeros in a row that is -Infinity all along. */
function softmax(scores: Array64): Array64 {
  const keys = scores.dims[3]!;
  return build(scores.dims, ([n, h, t, s]) => {
    const row = Array.from({ length: keys }, (_, i) => at(scores, [n!, h!, t!, i]));
    const top = Math.max(...row);
    if (top === -Infinity) return 0;
    return Math.exp(row[s!]! - top) / row.reduce((sum, score) => sum + Math.exp(score - top), 0);
  });
}

function weighted(weights: Array64, v: Array64): Array64 {
  const [n, heads, queries, keys] = weights.dims as [number, number, number, number];
  return build([n, heads, queries, v.dims[3]!], ([i, h, t, c]) => {
    let sum = 0;
    for (let s = 0; s < keys; s++)
      sum += at(weights, [i!, h!, t!, s]) * at(v, [i!, Math.floor(h! / (heads / v.dims[1]!)), s, c!]);
    return sum;
  });
}

/** The lowest finite float32, which onnxruntime takes for -Infinity in a mask. */
const LOWEST = -3.4028234663852886e38;

/** ONNX; masks of booleans arrive as 0 and 1, told apart by `boolean`. */
function attention(call: Call): Array64[] {
  const [, , , mask, pastK, pastV] = call.inputs;
  const flat = call.x.dims.length === 3;
  const heads = flat ? call.int('q_num_heads', 1) : call.x.dims[1]!;
  const shared = flat ? call.int('kv_num_heads', heads) : call.input(1).dims[1]!;
  const split = (i: number, count: number) => (flat ? toHeads(call.input(i), count) : call.input(i));
  const q = split(0, heads);
  const k = joined(pastK, split(1, shared));
  const v = joined(pastV, split(2, shared));
  const cap = call.float('softcap', 0);
  const isBoolean = mask?.data.every((m) => m === 0 || m === 1) ?? false;
  const past = pastK?.dims[2] ?? 0;
  const raw = scoresOf({ q, k, v }, call.float('scale', 1 / Math.sqrt(q.dims[3]!)));
  const capped = cap ? adjusted(raw, (score) => cap * Math.tanh(score / cap)) : raw;
  const masked = adjusted(capped, (score, { n, h, t, s }) => {
    if (call.int('is_causal', 0) === 1 && s > t + past) return -Infinity;
    const m = mask && atBroadcast(mask, [n, h, t, s]);
    if (m === undefined) return score;
    const hidden = isBoolean ? m === 0 : m <= LOWEST;
    if (hidden) return -Infinity;
    return isBoolean ? score : score + m;
  });
  const weights = softmax(masked);
  const y = weighted(weights, v);
  const shown = [raw, capped, masked, weights][call.int('qk_matmul_output_mode', 0)]!;
  return [flat ? fromHeads(y) : y, k, v, shown];
}

/** Whether key s of image n may be seen, by onnxruntime's masks: lengths first, ends and starts, or 0 and 1. */
function visible(mask: Array64, n: number, t: number, s: number, batch: number): boolean {
  const { dims, data } = mask;
  if (dims.length === 3) return at(mask, [n, t, s]) !== 0;
  if (dims.length === 2) return dims[1] === 1 || at(mask, [n, s]) !== 0;
  return s < data[n]! && (dims[0] !== 2 * batch || s >= data[batch + n]!);
}

function masked(call: Call, heads: Heads, parts: (Array64 | undefined)[], past: number): Array64 {
  const [mask, bias] = parts;
  const scale = call.float('scale', 1 / Math.sqrt(heads.q.dims[3]!));
  const filter = call.float('mask_filter_value', -10000);
  const scores = adjusted(scoresOf(heads, scale), (raw, { n, h, t, s }) => {
    if (call.int('unidirectional', 0) === 1 && s > t + past) return -1e30;
    const added = bias ? atBroadcast(bias, [n, h, t, s]) : 0;
    return raw + added + (mask && !visible(mask, n, t, s, heads.q.dims[0]!) ? filter : 0);
  });
  return fromHeads(weighted(softmax(scores), heads.v));
}

const columns = (x: Array64, from: number, to: number): Array64 =>
  build([...x.dims.slice(0, -1), to - from], (index) => at(x, [...index.slice(0, -1), from + index.at(-1)!]));

function multiHead(call: Call): Array64[] {
  const count = call.int('num_heads', 1);
  const [, key, value, bias, mask, added, pastK, pastV] = call.inputs;
  const packed = (x: Array64, part: number): Array64 => {
    const [n, t, heads, , d] = x.dims as [number, number, number, number, number];
    return build([n, heads, t, d], ([i, h, j, c]) => at(x, [i!, j!, h!, part, c!]));
  };
  let heads: (Array64 | undefined)[] = [call.x, key, value];
  if (call.x.dims.length === 5) heads = [0, 1, 2].map((part) => packed(call.x, part));
  else if (key!.dims.length === 5) heads = [call.x, packed(key!, 0), packed(key!, 1)];
  let start = 0;
  const [q, k, v] = heads.map((x) => {
    const width = x!.dims.length === 4 ? count * x!.dims[3]! : x!.dims[2]!;
    const from = start;
    start += width;
    if (x!.dims.length === 4) return x!;
    return toHeads(
      build(x!.dims, (index) => at(x!, index) + (bias?.data[from + index[2]!] ?? 0)),
      count,
    );
  }) as [Array64, Array64, Array64];
  const all = { q, k: joined(pastK, k), v: joined(pastV, v) };
  return [masked(call, all, [mask, added], pastK?.dims[2] ?? 0), all.k, all.v];
}

function projecting(call: Call): Array64[] {
  const [x, weights, bias, mask, past, added] = call.inputs as [Array64, Array64, ...Array64[]];
  const count = call.int('num_heads', 1);
  const all = weights.dims[1]!;
  const projected = build([...x.dims.slice(0, 2), all], ([n, t, c]) => {
    let sum = bias?.data[c!] ?? 0;
    for (let i = 0; i < x.dims[2]!; i++) sum += at(x, [n!, t!, i]) * at(weights, [i, c!]);
    return sum;
  });
  const widths = call.ints('qkv_hidden_sizes', [all / 3, all / 3, all / 3]);
  const ends = widths.map((_, i) => widths.slice(0, i + 1).reduce((a, b) => a + b, 0));
  const [q, k, v] = widths.map((w, i) => toHeads(columns(projected, ends[i]! - w, ends[i]!), count)) as [
    Array64,
    Array64,
    Array64,
  ];
  const half = past && past.data.length / 2;
  const before = [0, 1].map(
    (i) => past && array(past.dims.slice(1), past.data.subarray(i * half!, (i + 1) * half!)),
  );
  const heads = { q, k: joined(before[0], k), v: joined(before[1], v) };
  const y = masked(call, heads, [mask, added], past?.dims[3] ?? 0);
  if (call.outputCount < 2) return [y];
  return [y, array([2, ...heads.k.dims], [...heads.k.data, ...heads.v.data])];
}

export const ATTENTION: Operators = {
  Attention: attention,
  'com.microsoft.MultiHeadAttention': multiHead,
  'com.microsoft.Attention': projecting,
};
