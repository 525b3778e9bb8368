/**
 * Attention: softmax(scale Q K^T + bias) V over heads, where the bias holds whatever masks there are. ONNX's own
 * (operator set 23) and onnxruntime's two, which differ in how heads, masks and caches come along. ONNX's own caps the
 * scores before the bias comes to them, and gives zeros for a query that may see no key at all.
 */
import {
  float32,
  floatAttribute,
  type GraphBuilder,
  int64,
  intAttribute,
  intsAttribute,
  isFloating,
  type Value,
} from '../../graph/index.ts';
import type { DecompositionRule, NodeContext } from '../rule.ts';
import { MICROSOFT } from './domain.ts';

/** Added to a score that must not count; far below any score, and its sum with one stays finite. */
const MASKED = -1e30;

/** The lowest finite float32: a mask that adds this, or -Infinity, hides a key. */
const HIDDEN = -3.4028234663852886e38;

/** [N, heads, T, D]; values may have another D. */
interface Heads {
  readonly q: Value;
  readonly k: Value;
  readonly v: Value;
}

const sizes = (value: Value): readonly number[] => value.shape as readonly number[];

/** [N, T, heads * D] as [N, heads, T, D]. */
function toHeads(b: GraphBuilder, x: Value, heads: number): Value {
  const [n, t, width] = sizes(x) as [number, number, number];
  return b.transpose(b.reshape(x, [n, t, heads, width / heads]), [0, 2, 1, 3]);
}

/** [N, heads, T, D] as [N, T, heads * D]. */
function fromHeads(b: GraphBuilder, x: Value): Value {
  const [n, heads, t, width] = sizes(x) as [number, number, number, number];
  return b.reshape(b.transpose(x, [0, 2, 1, 3]), [n, t, heads * width]);
}

/** Each of fewer heads serves several query heads in a row. */
function repeatHeads(b: GraphBuilder, x: Value, heads: number): Value {
  const [n, own, t, width] = sizes(x) as [number, number, number, number];
  if (own === heads) return x;
  const spread = b.expand(b.reshape(x, [n, own, 1, t, width]), [n, own, heads / own, t, width]);
  return b.reshape(spread, [n, heads, t, width]);
}

/** scale Q K^T, [N, heads, T, S]. */
function scoresOf(b: GraphBuilder, { q, k }: Heads, scale: number): Value {
  const product = b.matMul(q, b.transpose(k, [0, 1, 3, 2]));
  return scale === 1 ? product : b.mul(product, b.scalar(scale, product));
}

const softmax = (b: GraphBuilder, x: Value): Value =>
  b.op('Softmax', [x], { axis: { kind: 'int', value: -1 } });

/** [T, S]: `masked` where a query would see a later key; query i is the (i + past)-th of all. */
function causalBias(b: GraphBuilder, like: Value, past: number, masked: number): Value {
  const [queries, keys] = sizes(like).slice(-2) as [number, number];
  const values = Float32Array.from({ length: queries * keys }, (_, i) =>
    (i % keys) - Math.floor(i / keys) <= past ? 0 : masked,
  );
  return b.cast(b.constant(float32(values, [queries, keys])), like.dtype);
}

function concatPast(b: GraphBuilder, past: Value | undefined, now: Value): Value {
  return past ? b.concat([past, now], 2) : now;
}

/** ONNX, operator set 23. */
function attention(c: NodeContext): (Value | undefined)[] {
  const b = c.builder;
  const [mask, pastK, pastV] = [c.inputs[3], c.inputs[4], c.inputs[5]];
  if (c.inputs[6]) throw c.unsupported('how much of its keys is padding is known only when it runs');
  const flat = c.shape(0).length === 3;
  const heads = flat ? intAttribute(c.node, 'q_num_heads', 1) : c.shape(0)[1]!;
  const shared = flat ? (intAttribute(c.node, 'kv_num_heads', undefined) ?? heads) : c.shape(1)[1]!;
  const split = (i: number, count: number) => (flat ? toHeads(b, c.input(i), count) : c.input(i));
  const q = split(0, heads);
  const presentK = concatPast(b, pastK, split(1, shared));
  const presentV = concatPast(b, pastV, split(2, shared));
  const all: Heads = { q, k: repeatHeads(b, presentK, heads), v: repeatHeads(b, presentV, heads) };

  const scale = floatAttribute(c.node, 'scale', undefined) ?? 1 / Math.sqrt(q.shape[3] as number);
  const raw = scoresOf(b, all, scale);
  const cap = floatAttribute(c.node, 'softcap');
  const capped = cap === 0 ? raw : b.mul(b.tanh(b.mul(raw, b.scalar(1 / cap, raw))), b.scalar(cap, raw));
  const bias = biasOf(c, raw, pastK ? sizes(pastK)[2]! : 0);
  const masked = bias ? b.add(capped, b.op('Max', [bias, b.scalar(MASKED, raw)])) : capped;
  const weights = mask && bias ? withoutBlind(b, softmax(b, masked), bias) : softmax(b, masked);
  const y = b.matMul(weights, all.v);
  const shown = [raw, capped, masked, weights][intAttribute(c.node, 'qk_matmul_output_mode')];
  return [flat ? fromHeads(b, y) : y, presentK, presentV, shown];
}

/** What its mask and being causal add to the scores: `HIDDEN` or less where a key may not be seen. */
function biasOf(c: NodeContext, scores: Value, past: number): Value | undefined {
  const b = c.builder;
  const mask = c.inputs[3] && additive(c, c.inputs[3], scores);
  if (intAttribute(c.node, 'is_causal') === 0) return mask;
  const causal = causalBias(b, scores, past, HIDDEN);
  return mask ? b.add(mask, causal) : causal;
}

/** A mask of booleans as what is added to the scores: 0 where true. */
function additive(c: NodeContext, mask: Value, scores: Value): Value {
  const b = c.builder;
  const keys = scores.shape.at(-1);
  if (mask.shape.at(-1) !== keys) throw c.unsupported(`its mask ends at key ${mask.shape.at(-1)} of ${keys}`);
  if (isFloating(mask.dtype)) return mask;
  return b.where(mask, b.scalar(0, scores), b.scalar(HIDDEN, scores));
}

/** The weights, with zeros for queries that `bias` hides all keys from. */
function withoutBlind(b: GraphBuilder, weights: Value, bias: Value): Value {
  const sees = b.greater(b.reduce('ReduceMax', bias, [-1], true), b.scalar(HIDDEN, bias));
  return b.where(sees, weights, b.scalar(0, weights));
}

/**
 * onnxruntime's masks of padding, as what is added to scores [N, heads, T, S]: lengths [N]; ends and starts [2 N];
 * lengths and, of no use here, where images begin in a row of them all [3 N + 2]; or 0 (masked) and 1 as [N, S] or
 * [N, T, S]. One of [N, 1] or [1, 1] masks nothing, whatever it holds: undefined.
 */
function paddingBias(c: NodeContext, mask: Value, scores: Value): Value | undefined {
  const b = c.builder;
  const shape = sizes(mask);
  const [n, , , keys] = sizes(scores) as [number, number, number, number];
  const filter = floatAttribute(c.node, 'mask_filter_value', -10000);
  const added = (isKept: Value, dims: readonly number[]): Value =>
    b.reshape(b.where(isKept, b.scalar(0, scores), b.scalar(filter, scores)), dims);
  if (shape.length === 1) {
    if (![n, 2 * n, 3 * n + 2].includes(shape[0]!)) throw c.unsupported(`its mask has the shape [${shape}]`);
    const places = b.cast(b.constant(int64(Array.from({ length: keys }, (_, i) => i))), mask.dtype);
    const column = (from: number) => b.reshape(b.slice(mask, [from], [from + n], [0]), [n, 1]);
    const before = b.less(places, column(0));
    const kept =
      shape[0] !== 2 * n ? before : b.op('And', [before, b.op('Not', [b.less(places, column(n))])]);
    return added(kept, [n, 1, 1, keys]);
  }
  if (shape.length === 2 && shape[1] === 1) return undefined;
  const kept = b.cast(mask, 'bool');
  if (shape.length === 2 && shape[1] === keys) return added(kept, [n, 1, 1, keys]);
  if (shape.length === 3 && shape[2] === keys) return added(kept, [n, 1, shape[1]!, keys]);
  throw c.unsupported(`its mask has the shape [${shape}]`);
}

/** What onnxruntime's two ops have in common once Q, K and V are there by heads. */
function masked(
  c: NodeContext,
  heads: Heads,
  parts: { readonly mask: Value | undefined; readonly bias: Value | undefined; readonly past: number },
): Value {
  const b = c.builder;
  const scale = floatAttribute(c.node, 'scale', undefined) || 1 / Math.sqrt(heads.q.shape[3] as number);
  let scores = scoresOf(b, heads, scale);
  const padding = parts.mask && paddingBias(c, parts.mask, scores);
  if (padding) scores = b.add(scores, padding);
  if (parts.bias) scores = b.add(scores, parts.bias);
  if (intAttribute(c.node, 'unidirectional') === 1)
    scores = b.add(scores, causalBias(b, scores, parts.past, MASKED));
  return fromHeads(b, b.matMul(softmax(b, scores), heads.v));
}

/** com.microsoft MultiHeadAttention: Q, K and V are projected already, and may be packed. */
function multiHead(c: NodeContext): (Value | undefined)[] {
  const b = c.builder;
  const count = intAttribute(c.node, 'num_heads');
  const [key, value, bias, mask, added, pastK, pastV] = c.inputs.slice(1);
  if (c.inputs[8] || c.inputs[9]) throw c.unsupported('it writes to a shared cache');
  // Packed as [N, T, heads, parts, D]: each part as [N, T, heads * D].
  const unpacked = (packed: Value): Value[] => {
    const [n, t, heads, parts, width] = sizes(packed) as [number, number, number, number, number];
    return b
      .split(packed, new Array<number>(parts).fill(1), 3)
      .map((part) => b.reshape(part, [n, t, heads * width]));
  };
  let flat: (Value | undefined)[] = [c.input(0), key, value];
  if (c.shape(0).length === 5) flat = unpacked(c.input(0));
  else if (key?.shape.length === 5) flat = [c.input(0), ...unpacked(key)];
  const [q, k, v] = flat;
  if (!q || !k || !v) throw c.unsupported('it has neither keys nor values');
  const widths = [q, k, v].map((x) => (x.shape.length === 4 ? count * sizes(x)[3]! : sizes(x)[2]!));
  const biases = bias ? b.split(bias, widths, 0) : [];
  const byHeads = [q, k, v].map((x, i) => {
    if (x.shape.length === 4) return x;
    return toHeads(b, biases[i] ? b.add(x, biases[i]) : x, count);
  }) as [Value, Value, Value];
  const heads = { q: byHeads[0], k: concatPast(b, pastK, byHeads[1]), v: concatPast(b, pastV, byHeads[2]) };
  const past = pastK ? sizes(pastK)[2]! : 0;
  return [masked(c, heads, { mask, bias: added, past }), heads.k, heads.v];
}

/** com.microsoft Attention: projects Q, K and V itself, with one matrix. */
function projecting(c: NodeContext): (Value | undefined)[] {
  const b = c.builder;
  const count = intAttribute(c.node, 'num_heads');
  const [bias, mask, past, added] = c.inputs.slice(2);
  if (intAttribute(c.node, 'do_rotary', 0) === 1) throw c.unsupported('it rotates positions (do_rotary)');
  if (c.inputs[6]) throw c.unsupported('it writes to a shared cache');
  const third = c.shape(1)[1]! / 3;
  const widths = intsAttribute(c.node, 'qkv_hidden_sizes', undefined) ?? [third, third, third];
  const product = b.matMul(c.input(0), c.input(1));
  const projected = b.split(bias ? b.add(product, bias) : product, widths, 2);
  const [q, k, v] = projected.map((x) => toHeads(b, x, count)) as [Value, Value, Value];
  if (!past) return [masked(c, { q, k, v }, { mask, bias: added, past: 0 })];
  const before = b.split(past, [1, 1], 0).map((x) => b.reshape(x, sizes(past).slice(1)));
  const heads = { q, k: concatPast(b, before[0], k), v: concatPast(b, before[1], v) };
  const present = b.concat(
    [heads.k, heads.v].map((x) => b.reshape(x, [1, ...sizes(x)])),
    0,
  );
  return [masked(c, heads, { mask, bias: added, past: sizes(past)[3]! }), present];
}

const FORM = 'MatMul(Softmax(scale * MatMul(q, Transpose(k)) + masks), v)';

export const ATTENTION_DECOMPOSITIONS: readonly DecompositionRule[] = [
  { op: 'Attention', form: FORM, decompose: attention },
  {
    op: 'MultiHeadAttention',
    domain: MICROSOFT,
    form: FORM,
    limits: 'Not with a shared cache.',
    decompose: multiHead,
  },
  {
    op: 'Attention',
    domain: MICROSOFT,
    form: `${FORM}, of MatMul(x, weights) + bias`,
    limits: 'Not with a shared cache or rotary positions.',
    decompose: projecting,
  },
];
