import { int, str, stringAttribute } from '../../../../core/graph/index.ts';
import type { Permutation } from '../permutation.ts';
import type { Rule, Rules, Site } from '../rule.ts';
import type { TfValue } from '../tf-builder.ts';

/** How many elements are added before and after each axis of input 0; less than zero: taken away. */
function paddings(s: Site): (readonly [number, number])[] {
  const rank = s.rank(0);
  const given = s.require(1, 'paddings');
  const axes = s.has(3) ? s.require(3, 'axes').map((a) => s.axis(a, rank)) : s.dims(0).map((_, i) => i);
  const pads = new Array<readonly [number, number]>(rank).fill([0, 0]);
  axes.forEach((axis, i) => {
    pads[axis] = [given[i]!, given[i + axes.length]!];
  });
  return pads;
}

const pad: Rule = (s) => {
  const mode = stringAttribute(s.node, 'mode');
  const perm = s.order(0);
  const pads = paddings(s);
  let x = s.as(0, perm);
  if (mode !== 'constant') return [[{ perm, value: repeated(s, x, perm, pads, mode) }]];
  x = cut(s, x, perm, pads);
  if (pads.every(([before, after]) => before <= 0 && after <= 0)) return [[{ perm, value: x }]];
  const added = perm.flatMap((axis) => pads[axis]!.map((p) => Math.max(p, 0)));
  const sizes = s.tf.integers(added, [perm.length, 2]);
  const filling = s.has(2) ? s.known(2)?.[0] : 0;
  if (filling === 0) return [[{ perm, value: s.tf.op('Pad', [x, sizes]) }]];
  const value = filling === undefined ? s.natural(2) : s.tf.scalar(filling, x.dtype);
  return [[{ perm, value: s.tf.op('PadV2', [x, sizes, value]) }]];
};

function cut(s: Site, x: TfValue, perm: Permutation, pads: readonly (readonly [number, number])[]): TfValue {
  if (pads.every(([before, after]) => before >= 0 && after >= 0)) return x;
  const moved = perm.map((axis) => pads[axis]!);
  const mask = (end: 0 | 1): number => moved.reduce((bits, p, i) => bits + (p[end] < 0 ? 0 : 2 ** i), 0);
  return s.tf.op(
    'StridedSlice',
    [
      x,
      s.tf.integers(moved.map(([before]) => Math.max(-before, 0))),
      s.tf.integers(moved.map(([, after]) => Math.min(after, 0))),
      s.tf.integers(moved.map(() => 1)),
    ],
    { begin_mask: int(mask(0)), end_mask: int(mask(1)) },
  );
}

/**
 * Elements of the tensor itself beyond its edges: TensorFlow.js mirrors, the other modes are gathered. Margins beside a
 * cut repeat what is left.
 */
function repeated(
  s: Site,
  x: TfValue,
  perm: Permutation,
  pads: readonly (readonly [number, number])[],
  mode: string,
): TfValue {
  if (mode === 'reflect' && pads.every(([before, after]) => before >= 0 && after >= 0)) {
    const sizes = s.tf.integers(
      perm.flatMap((axis) => [...pads[axis]!]),
      [perm.length, 2],
    );
    return s.tf.op('MirrorPad', [x, sizes], { mode: str('REFLECT') });
  }
  let result = x;
  pads.forEach(([before, after], axis) => {
    if (before === 0 && after === 0) return;
    const size = s.dims(0)[axis]!;
    if (s.isBatch(size)) throw s.unsupported('it pads an open axis with its own elements');
    const cutOff = Math.max(0, -before);
    const left = (size as number) - cutOff - Math.max(0, -after);
    const places = Array.from(
      { length: before + (size as number) + after },
      (_, i) => cutOff + placeIn(i - Math.max(0, before), left, mode),
    );
    const along = s.tf.scalar(perm.indexOf(axis), 'int32');
    result = s.tf.op('GatherV2', [result, s.tf.integers(places), along], { batch_dims: int(0) });
  });
  return result;
}

/** Which element stands at a position that may lie beyond the edges. */
function placeIn(position: number, size: number, mode: string): number {
  if (mode === 'edge') return Math.min(Math.max(position, 0), size - 1);
  const modulo = (n: number): number => ((position % n) + n) % n;
  if (mode === 'wrap') return modulo(size);
  const period = modulo(2 * Math.max(size - 1, 1));
  return period < size ? period : 2 * (size - 1) - period;
}

export const PADDING: Rules = { Pad: pad };
