import { MarnetError } from '../errors.ts';
import { type Graph, GraphBuilder, type Node, type Uses, usesOf, type Value } from '../graph/index.ts';
import { type ActivePart, activePart } from './active.ts';
import { createNodeContext } from './context.ts';
import { noGradientError } from './missing-rule.ts';
import type { RuleRegistry } from './registry.ts';

/** A decomposition may emit ops that are decomposed themselves, but not without end. */
const MOST_ROUNDS = 4;

/**
 * Replaces the nodes between `wrt` and `loss` whose rule is a decomposition by the ops that they are composed of.
 * Everything else stays as it is, nodes of the same op that no gradient flows through included. Names of values stay.
 * Changes the graph in place.
 * @throws MarnetError 'no-gradient' for a node that its decomposition does not cover.
 */
export function decompose(graph: Graph, loss: string, wrt: readonly string[], registry: RuleRegistry): void {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const part = activePart(graph, loss, wrt, registry);
    const composed = new Set(part.nodes.filter((node) => registry.find(node)?.decompose));
    if (composed.size === 0) return;
    const uses = usesOf(graph);
    const builder = new GraphBuilder(graph, 'parts/');
    const nodes = graph.nodes;
    graph.nodes = [];
    for (const node of nodes) {
      if (composed.has(node)) replace(node, { builder, uses, part, loss, registry });
      else graph.nodes.push(node);
    }
  }
}

interface Site {
  readonly builder: GraphBuilder;
  readonly uses: Uses;
  readonly part: ActivePart;
  readonly loss: string;
  readonly registry: RuleRegistry;
}

function replace(node: Node, { builder, uses, part, loss, registry }: Site): void {
  const fail = (why: string, cause?: unknown) => noGradientError(builder.graph, part, loss, node, why, cause);
  const context = createNodeContext({ builder, uses, node, fail });
  const values = registry.find(node)!.decompose!(context);
  node.outputs.forEach((name, i) => {
    if (name === '') return;
    const value = values[i];
    if (value) named(builder, node, context.outputs[i], value, name);
    else if (context.isRead(i)) throw fail(`its output ${i} is read`);
  });
}

/** Gives a value the name of the output that it stands for. */
function named(
  builder: GraphBuilder,
  node: Node,
  output: Value | undefined,
  value: Value,
  name: string,
): void {
  const given = `${value.dtype}[${value.shape}]`;
  const wanted = output && `${output.dtype}[${output.shape}]`;
  if (wanted !== undefined && given !== wanted)
    throw new MarnetError(
      'internal',
      `the decomposition of ${node.op} (node "${node.name}") gives ${given} for "${name}", which is ${wanted}`,
    );
  builder.op('Identity', [value], {}, { names: [name], types: [value] });
}
