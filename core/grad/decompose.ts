import { MarnetError } from '../errors.ts';
import { type Graph, GraphBuilder, type Node, usesOf, type Value } from '../graph/index.ts';
import { activePart } from './active.ts';
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
    replaceNodes(graph, composed, registry, (node, why, cause) =>
      noGradientError(graph, part, loss, node, why, cause),
    );
  }
}

/**
 * Replaces the nodes that are `chosen`, whose rules must be decompositions, wherever they are in the graph: for ops that
 * an operator set or a runtime does not have. Names of values stay; types must be known. Changes the graph in place.
 * @throws MarnetError 'unsupported-model' for a node that its decomposition does not cover.
 */
export function decomposeNodes(graph: Graph, chosen: (node: Node) => boolean, registry: RuleRegistry): void {
  const composed = new Set(graph.nodes.filter((node) => chosen(node) && registry.find(node)?.decompose));
  if (composed.size === 0) return;
  replaceNodes(
    graph,
    composed,
    registry,
    (node, why) =>
      new MarnetError(
        'unsupported-model',
        `node "${node.name || node.outputs[0]}" (${node.op}) cannot be written in other ops: ${why}`,
        { hint: 'Export the model with an operator set from 13 to 17, and with fixed sizes.' },
      ),
  );
}

type Fail = (node: Node, why: string, cause?: unknown) => Error;

function replaceNodes(graph: Graph, composed: ReadonlySet<Node>, registry: RuleRegistry, fail: Fail): void {
  const uses = usesOf(graph);
  const builder = new GraphBuilder(graph, 'parts/');
  const nodes = graph.nodes;
  graph.nodes = [];
  for (const node of nodes) {
    if (!composed.has(node)) {
      graph.nodes.push(node);
      continue;
    }
    const failed = (why: string, cause?: unknown) => fail(node, why, cause);
    const context = createNodeContext({ builder, uses, node, fail: failed });
    const values = registry.find(node)!.decompose!(context);
    node.outputs.forEach((name, i) => {
      if (name === '') return;
      const value = values[i];
      if (value) named(builder, node, context.outputs[i], value, name);
      else if (context.isRead(i)) throw failed(`its output ${i} is read`);
    });
  }
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
