/**
 * The same elements in another form.
 *   Identity, Dropout (inference)             dx = dy
 *   Cast, CastLike                            dx = dy in x's dtype
 *   Reshape, Flatten, Squeeze, Unsqueeze      dx = dy in x's shape
 *   Transpose                                 dx = dy with the inverse permutation
 *   Concat                                    dxi = the part of dy that xi became
 *   Split                                     dx = the dyi concatenated, zeros for those without gradient
 *   Expand                                    dx = dy, summed over the repeated axes (by the engine)
 *   Tile                                      dx = the sum over the copies
 *   Trilu                                     dx = dy in the triangle that is kept, zero in the other
 *   ReverseSequence                           dx = dy reversed in the same places
 */
import { float32, int, intAttribute, intsAttribute, toNumbers, type Value } from '../../graph/index.ts';
import { normalizeAxis, once } from '../axes.ts';
import type { GradientRule, InputGradient, RuleContext } from '../rule.ts';

const reshaped = (c: RuleContext): InputGradient[] => [() => c.builder.reshape(c.dy, c.shape(0))];

function transpose(c: RuleContext): InputGradient[] {
  const rank = c.shape(0).length;
  const perm = intsAttribute(c.node, 'perm', undefined) ?? c.shape(0).map((_, i) => rank - 1 - i);
  return [
    () =>
      c.builder.transpose(
        c.dy,
        c.shape(0).map((_, i) => perm.indexOf(i)),
      ),
  ];
}

function concat(c: RuleContext): InputGradient[] {
  const axis = normalizeAxis(intAttribute(c.node, 'axis'), c.shape(0).length);
  let end = 0;
  return c.inputs.map((_, i) => {
    const start = end;
    end += c.shape(i)[axis]!;
    const range = [start, end] as const;
    return () => c.builder.slice(c.dy, [range[0]], [range[1]], [axis]);
  });
}

function split(c: RuleContext): InputGradient[] {
  const b = c.builder;
  const axis = normalizeAxis(intAttribute(c.node, 'axis'), c.shape(0).length);
  const gradients = c.outputGradients;
  const sizes = c.outputs.map((y) => y!.shape[axis] as number);
  return [
    () => {
      const present = gradients.flatMap((g, i) => (g ? [i] : []));
      if (present.length === 1) {
        const only = present[0]!;
        const sum = (parts: readonly number[]) => parts.reduce((a, n) => a + n, 0);
        const pads = new Array<number>(2 * c.shape(0).length).fill(0);
        pads[axis] = sum(sizes.slice(0, only));
        pads[axis + c.shape(0).length] = sum(sizes.slice(only + 1));
        return b.pad(gradients[only]!, pads);
      }
      const zeros = (y: Value): Value => b.expand(b.scalar(0, y), y.shape as number[]);
      return b.op(
        'Concat',
        gradients.map((g, i) => g ?? zeros(c.outputs[i]!)),
        { axis: int(axis) },
      );
    },
  ];
}

function tile(c: RuleContext): InputGradient[] {
  const repeats = c.integers('repeats', 1) ?? [];
  return [
    () => {
      const split = c.shape(0).flatMap((dim, i) => [repeats[i]!, dim]);
      return c.builder.reduceSum(
        c.builder.reshape(c.dy, split),
        repeats.map((_, i) => 2 * i),
      );
    },
  ];
}

function trilu(c: RuleContext): InputGradient[] {
  const b = c.builder;
  const upper = intAttribute(c.node, 'upper') === 1;
  const offset = c.known(1);
  return [
    () => {
      if (c.inputs[1] && !offset) return b.op('Trilu', [c.dy, c.inputs[1]], { upper: int(upper ? 1 : 0) });
      const k = offset ? toNumbers(offset)[0]! : 0;
      const [rows, columns] = c.shape(0).slice(-2) as [number, number];
      const mask = Float32Array.from({ length: rows * columns }, (_, i) => {
        const diagonal = (i % columns) - Math.floor(i / columns);
        return (upper ? diagonal >= k : diagonal <= k) ? 1 : 0;
      });
      return b.mul(c.dy, b.cast(b.constant(float32(mask, [rows, columns])), c.dy.dtype));
    },
  ];
}

function dropout(c: RuleContext): InputGradient[] {
  const trains = c.known(2);
  if (c.inputs[2] && !(trains && toNumbers(trains)[0] === 0)) throw c.unsupported('it draws its own mask');
  return [c.dy];
}

export const LAYOUT_RULES: readonly GradientRule[] = [
  { op: 'Identity', gradient: (c) => [c.dy] },
  { op: 'Dropout', gradient: dropout, limits: 'Not in training mode: it draws its own mask.' },
  { op: 'CastLike', gradient: (c) => [once(() => c.builder.cast(c.dy, c.input(0).dtype))] },
  { op: 'Cast', gradient: (c) => [once(() => c.builder.cast(c.dy, c.input(0).dtype))] },
  { op: 'Reshape', gradient: reshaped },
  { op: 'Flatten', gradient: reshaped },
  { op: 'Squeeze', gradient: reshaped },
  { op: 'Unsqueeze', gradient: reshaped },
  { op: 'Transpose', gradient: transpose },
  { op: 'Concat', gradient: concat },
  { op: 'Split', outputs: Number.POSITIVE_INFINITY, gradient: split },
  { op: 'Expand', gradient: (c) => [c.dy] },
  { op: 'Tile', gradient: tile },
  { op: 'Trilu', gradient: trilu },
  {
    op: 'ReverseSequence',
    gradient: (c) => [
      () =>
        c.builder.op('ReverseSequence', [c.dy, c.input(1)], c.node.attributes, {
          types: [{ dtype: c.dy.dtype, shape: c.dy.shape }],
        }),
    ],
  },
];
