import type { Graph, Node, Value } from '../../graph/index.ts';
import { type Rewriting, rewrite } from '../rewrite.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { MOVEMENT } from './movement.ts';

/** A simpler value for a node's first output, or undefined where the rule does not apply. */
export type Simplification = (node: Node, rewriting: Rewriting) => Value | undefined;

/** Simplifications by op of the standard domain. */
export type Simplifications = Readonly<Record<string, Simplification>>;

const RULES = new Map(Object.entries({ ...ARITHMETIC, ...MOVEMENT }));

/** One sweep of the simplifying rules over the graph. */
export function simplifyAlgebra(graph: Graph): { readonly graph: Graph; readonly changes: number } {
  let changes = 0;
  const simplified = rewrite(graph, 'simple/', (node, rewriting) => {
    const rule = node.domain === '' && node.outputs.length === 1 ? RULES.get(node.op) : undefined;
    if (!rule || !typed(graph, rewriting, node)) return undefined;
    const value = rule(node, rewriting);
    if (!value) return undefined;
    // An Identity that names an output of the graph is rebuilt as it was: no change.
    if (node.op !== 'Identity') changes++;
    return [value];
  });
  return { graph: simplified, changes };
}

/** Whether the types of all that a rule may look at are known. */
function typed(graph: Graph, { builder }: Rewriting, node: Node): boolean {
  const known = (name: string): boolean => name === '' || builder.graph.typeOf(name)?.shape !== undefined;
  return node.inputs.every(known) && graph.typeOf(node.outputs[0]!)?.shape !== undefined;
}
