import { intAttribute, type Value } from '../graph/index.ts';
import { normalizeAxis } from './axes.ts';
import type { NodeContext, RuleContext } from './rule.ts';

/** The axes that a Reduce op sums away: an attribute or an input, all of them unless told. */
export function reducedAxes(c: NodeContext): number[] {
  const rank = c.shape(0).length;
  const axes = c.integers('axes', 1) ?? [];
  if (axes.length > 0) return axes.map((axis) => normalizeAxis(axis, rank));
  if (intAttribute(c.node, 'noop_with_empty_axes') === 1) return [];
  return Array.from({ length: rank }, (_, i) => i);
}

/** A value of the Reduce op's output shape with the reduced axes back as ones, so that it broadcasts with the input. */
export function kept(c: RuleContext, reduced: Value): Value {
  const axes = reducedAxes(c);
  return c.builder.reshape(
    reduced,
    c.shape(0).map((dim, i) => (axes.includes(i) ? 1 : dim)),
  );
}
