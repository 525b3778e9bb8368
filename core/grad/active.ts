import { MarnetError } from '../errors.ts';
import { type Graph, isFloating, type Node, readsOf } from '../graph/index.ts';
import type { RuleRegistry } from './registry.ts';

/** The part of a graph that gradients flow through. */
export interface ActivePart {
  /** Values on a differentiable path from a name of `wrt` to the loss. */
  readonly values: ReadonlySet<string>;
  /** The nodes between them, in graph order. */
  readonly nodes: readonly Node[];
}

/**
 * A value is active when it depends differentiably on `wrt` and the loss depends differentiably on it. Integers and
 * booleans carry no gradient, nor does the output of an op whose rule says 'none'. An op without a rule counts as
 * differentiable, so that it is missed only where it matters.
 */
export function activePart(
  graph: Graph,
  loss: string,
  wrt: readonly string[],
  registry: RuleRegistry,
): ActivePart {
  const varying = new Set(wrt);
  const carrying: Node[] = [];
  for (const node of graph.nodes) {
    if (registry.find(node)?.gradient === 'none') continue;
    if (!readsOf(node).some((read) => varying.has(read))) continue;
    carrying.push(node);
    for (const output of node.outputs) if (output && carriesGradient(graph, output)) varying.add(output);
  }
  const values = new Set<string>();
  if (varying.has(loss)) values.add(loss);
  const nodes: Node[] = [];
  for (const node of carrying.reverse()) {
    if (!node.outputs.some((output) => values.has(output))) continue;
    nodes.push(node);
    for (const read of readsOf(node)) if (varying.has(read)) values.add(read);
  }
  return { values, nodes: nodes.reverse() };
}

function carriesGradient(graph: Graph, name: string): boolean {
  const type = graph.typeOf(name);
  return type === undefined || isFloating(type.dtype);
}

/** @throws MarnetError 'usage' unless `name` is a floating value of the graph. */
export function requireFloating(graph: Graph, name: string, role: string): void {
  const type = graph.typeOf(name);
  if (!type)
    throw new MarnetError('usage', `${role}: the graph has no value "${name}" of known type`, {
      hint: 'Name a graph input, a constant or the output of a node.',
    });
  if (!isFloating(type.dtype))
    throw new MarnetError('usage', `${role}: value "${name}" is ${type.dtype}, which has no gradient`, {
      hint: 'Gradients exist for float32, float64, float16 and bfloat16 values.',
    });
}
