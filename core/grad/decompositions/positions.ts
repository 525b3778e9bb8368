/**
 * Places of tokens in a sequence. RotaryEmbedding turns pairs of channels of each head by the angles of their place,
 *   [a, b] -> [cos a - sin b, sin a + cos b],
 * where a pair is a channel of the first half and its like of the second, or two neighbours (interleaved); channels
 * behind the first `rotary_embedding_dim` stay. TensorScatter writes rows at their places into a longer tensor.
 */
import { floatAttribute, int, int64, intAttribute, stringAttribute, type Value } from '../../graph/index.ts';
import { normalizeAxis } from '../axes.ts';
import type { DecompositionRule, NodeContext } from '../rule.ts';
import { MICROSOFT } from './domain.ts';

/** Cosines and sines, [N, T, pairs]. */
interface Angles {
  readonly cos: Value;
  readonly sin: Value;
}

const sizes = (value: Value): readonly number[] => value.shape as readonly number[];

/** 0, 1, .. n - 1 along `axis` of `rank` axes. */
function counted(c: NodeContext, n: number, axis: number, rank: number): Value {
  const dims = Array.from({ length: rank }, (_, i) => (i === axis ? n : 1));
  return c.builder.constant(
    int64(
      Array.from({ length: n }, (_, i) => i),
      dims,
    ),
  );
}

/** @param x [..., 2 pairs] @param angles that broadcast with [..., pairs] */
function turned(c: NodeContext, x: Value, { cos, sin }: Angles): Value {
  const b = c.builder;
  const rank = x.shape.length;
  const pairs = sizes(x).at(-1)! / 2;
  const outer = sizes(x).slice(0, -1);
  const isInterleaved = intAttribute(c.node, 'interleaved', undefined) === 1;
  const halves = isInterleaved
    ? b.split(b.reshape(x, [...outer, pairs, 2]), [1, 1], rank)
    : b.split(x, [pairs, pairs], rank - 1);
  const [first, second] = halves.map((half) => b.reshape(half, [...outer, pairs])) as [Value, Value];
  const parts = [b.sub(b.mul(cos, first), b.mul(sin, second)), b.add(b.mul(sin, first), b.mul(cos, second))];
  if (!isInterleaved) return b.concat(parts, rank - 1);
  return b.reshape(
    b.concat(
      parts.map((part) => b.reshape(part, [...outer, pairs, 1])),
      rank,
    ),
    sizes(x),
  );
}

/** @param heads of an input in rows, [N, T, heads * D]; one by heads is [N, heads, T, D]. */
function rotated(c: NodeContext, heads: number, { cos, sin }: Angles): Value {
  const b = c.builder;
  const shape = c.shape(0);
  const isFlat = shape.length === 3;
  const byHeads = isFlat
    ? b.reshape(c.input(0), [...shape.slice(0, 2), heads, shape[2]! / heads])
    : c.input(0);
  const width = sizes(byHeads)[3]!;
  const turns = intAttribute(c.node, 'rotary_embedding_dim', undefined) || width;
  const spread = (angle: Value): Value => b.unsqueeze(angle, [isFlat ? 2 : 1]);
  const angles = { cos: spread(cos), sin: spread(sin) };
  if (turns === width) return b.reshape(turned(c, byHeads, angles), shape);
  const [turning, still] = b.split(byHeads, [turns, width - turns], 3) as [Value, Value];
  return b.reshape(b.concat([turned(c, turning, angles), still], 3), shape);
}

/** ONNX, operator set 23: angles are those of each token, or a table that places look up. */
function rotaryEmbedding(c: NodeContext): Value[] {
  const places = c.inputs[3];
  const at = (table: Value): Value => (places ? c.builder.gather(table, places, 0) : table);
  return [
    rotated(c, intAttribute(c.node, 'num_heads', undefined) ?? 1, {
      cos: at(c.input(1)),
      sin: at(c.input(2)),
    }),
  ];
}

/** com.microsoft: a lone place is that of the first token. Heads that nobody counted are as wide as all angles turn. */
function microsoftRotary(c: NodeContext): Value[] {
  const b = c.builder;
  if (intAttribute(c.node, 'is_packed_batching', 0) === 1) throw c.unsupported('its batches are packed');
  if ((floatAttribute(c.node, 'scale', undefined) ?? 1) !== 1) throw c.unsupported('it is scaled');
  const [shape, given] = [c.shape(0), c.input(1)];
  const tokens = shape.length === 3 ? shape[1]! : shape[2]!;
  const places = given.shape.length === 1 ? b.add(counted(c, tokens, 1, 2), given) : given;
  const at = (i: number): Value => b.gather(c.input(i), places, 0);
  const counts = intAttribute(c.node, 'num_heads', undefined) || shape.at(-1)! / (2 * c.shape(2)[1]!);
  return [rotated(c, counts, { cos: at(2), sin: at(3) })];
}

function tensorScatter(c: NodeContext): Value[] {
  const b = c.builder;
  const [cache, update] = [c.shape(0), c.shape(1)];
  const axis = normalizeAxis(intAttribute(c.node, 'axis'), cache.length);
  const steps = counted(c, update[axis]!, axis, cache.length);
  const starts = c.inputs[2];
  const places = starts
    ? b.add(b.reshape(starts, [cache[0]!, ...cache.slice(1).map(() => 1)]), steps)
    : steps;
  const around = stringAttribute(c.node, 'mode') === 'circular';
  const inside = around ? b.op('Mod', [places, b.constant(int64([cache[axis]!]))]) : places;
  return [b.op('ScatterElements', [c.input(0), b.expand(inside, update), c.input(1)], { axis: int(axis) })];
}

const ROTARY = '[cos * a - sin * b, sin * a + cos * b], where x = [a, b]';

export const POSITION_DECOMPOSITIONS: readonly DecompositionRule[] = [
  { op: 'RotaryEmbedding', form: ROTARY, decompose: rotaryEmbedding },
  {
    op: 'RotaryEmbedding',
    domain: MICROSOFT,
    form: ROTARY,
    limits: 'Not with packed batches, nor scaled.',
    decompose: microsoftRotary,
  },
  { op: 'TensorScatter', form: 'ScatterElements(cache, places, update)', decompose: tensorScatter },
];
