/** Ops that go element by element: they take their inputs in whatever order of axes these are. */
import { identity, isIdentity, type Permutation } from '../permutation.ts';
import type { Rule, Site } from '../rule.ts';
import type { TfValue } from '../tf-builder.ts';

/** The order of axes in which a node of several inputs is computed. */
export function commonOrder(s: Site, inputs: readonly number[]): Permutation {
  const rank = s.outDims().length;
  for (const i of inputs) {
    if (s.source(i).constant || s.rank(i) !== rank) continue;
    const order = s.order(i);
    if (!isIdentity(order)) return order;
  }
  return identity(rank);
}

export type Unary = (s: Site, x: TfValue) => TfValue;
export type Variadic = (s: Site, values: readonly TfValue[]) => TfValue;

/** An op of one tensor; further inputs must be parameters that `compute` asks for itself. */
export const unary =
  (compute: Unary): Rule =>
  (s) => {
    const perm = s.order(0);
    return [[{ perm, value: compute(s, s.as(0, perm)) }]];
  };

/** An op of tensors that are broadcast against each other. */
export const broadcast =
  (compute: Variadic): Rule =>
  (s) => {
    const inputs = s.node.inputs.map((_, i) => i);
    const perm = commonOrder(s, inputs);
    return [
      [
        {
          perm,
          value: compute(
            s,
            inputs.map((i) => s.spread(i, perm.length, perm)),
          ),
        },
      ],
    ];
  };
