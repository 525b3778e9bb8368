/** Tokens' places, element by element. */
import { type Array64, at, build, positive } from './array.ts';
import type { Call, Operators } from './operator.ts';

/** @param angle of pair p of token t in image n: its cosine and sine. */
function rotated(
  call: Call,
  heads: number,
  angle: (n: number, t: number, p: number) => readonly [cos: number, sin: number],
): Array64 {
  const { x } = call;
  const isFlat = x.dims.length === 3;
  const width = isFlat ? x.dims[2]! / heads : x.dims[3]!;
  const turns = call.int('rotary_embedding_dim', 0) || width;
  const interleaved = call.int('interleaved', 0) === 1;
  return build(x.dims, (index) => {
    const [n, t] = isFlat ? [index[0]!, index[1]!] : [index[0]!, index[2]!];
    const last = index.at(-1)!;
    const d = last % width;
    if (d >= turns) return at(x, index);
    const pair = interleaved ? Math.floor(d / 2) : d % (turns / 2);
    const isFirst = interleaved ? d % 2 === 0 : d < turns / 2;
    const apart = interleaved ? 1 : turns / 2;
    const other = at(x, [...index.slice(0, -1), last + (isFirst ? apart : -apart)]);
    const [cos, sin] = angle(n, t, pair);
    return cos * at(x, index) + (isFirst ? -sin : sin) * other;
  });
}

export const POSITIONS: Operators = {
  RotaryEmbedding: (call) => {
    const [, cos, sin, places] = call.inputs as [Array64, Array64, Array64, Array64?];
    return rotated(call, call.int('num_heads', 1), (n, t, p) => {
      const index = places ? [at(places, [n, t]), p] : [n, t, p];
      return [at(cos, index), at(sin, index)];
    });
  },
  'com.microsoft.RotaryEmbedding': (call) => {
    const [x, places, cos, sin] = call.inputs as [Array64, Array64, Array64, Array64];
    const heads = call.int('num_heads', 0) || x.dims.at(-1)! / (2 * cos.dims[1]!);
    return rotated(call, heads, (n, t, p) => {
      const place = places.dims.length === 1 ? places.data[0]! + t : at(places, [n, t]);
      return [at(cos, [place, p]), at(sin, [place, p])];
    });
  },
  TensorScatter: (call) => {
    const [cache, update, starts] = call.inputs as [Array64, Array64, Array64?];
    const axis = positive(call.int('axis', -2), cache.dims.length);
    const [room, rows] = [cache.dims[axis]!, update.dims[axis]!];
    return build(cache.dims, (index) => {
      const step = index[axis]! - (starts?.data[index[0]!] ?? 0);
      const row = call.text('mode', 'linear') === 'circular' ? ((step % room) + room) % room : step;
      const isWritten = row >= 0 && row < rows;
      return isWritten
        ? at(
            update,
            index.map((i, k) => (k === axis ? row : i)),
          )
        : at(cache, index);
    });
  },
};
