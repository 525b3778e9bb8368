import { type Graph, removeDead } from '../../../core/graph/index.ts';
import { AXES } from './axes.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { reshape } from './reshape.ts';
import type { LayoutRule, LayoutRules } from './rule.ts';
import { Sinking } from './sink.ts';

export { regroupConvolutions } from './regroup.ts';
export type { LayoutRule, LayoutRules, Moved, Site } from './rule.ts';

const RULES: LayoutRules = new Map<string, LayoutRule>(
  [...ELEMENTWISE, ...AXES, ['Reshape', reshape] as const, ['Flatten', reshape] as const].map(
    ([op, rule]) => [`:${op}`, rule],
  ),
);

/**
 * Moves Transposes towards the outputs, past every op that can work on another order of axes, until they meet another one
 * that undoes them or a node that needs its input as it is. Constants are put in the new order. Images that enter with
 * their channels last are so transposed once, and a plain convolutional network carries at most one Transpose an input
 * and one an output. Values keep their names, though not their order of axes; inputs and outputs of the graph keep both.
 * @param graph with the types of its values known; it is left as it is.
 * @param rules for ops of other domains, by `<domain>:<op>`, or to use instead of the built-in ones.
 */
export function sinkTransposes(graph: Graph, rules: LayoutRules = new Map()): Graph {
  const result = removeDead(new Sinking(graph, new Map([...RULES, ...rules])).run());
  const live = new Set(result.nodes.flatMap((node) => node.outputs));
  for (const name of [...result.types.keys()]) if (!live.has(name)) result.types.delete(name);
  return result;
}
