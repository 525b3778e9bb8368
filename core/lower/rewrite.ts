import { type Graph, GraphBuilder, type Node, readsOf, type Value } from '../graph/index.ts';

/** What a rewriting function sees of the graph that it is building. */
export interface Rewriting {
  readonly builder: GraphBuilder;
  /** The node of the new graph that makes a value; undefined for inputs and constants. */
  producer(name: string): Node | undefined;
}

/**
 * Rebuilds a graph node by node. `replace` is given each node, its inputs already named as in the new graph, and
 * returns values to stand for the node's outputs, having emitted what makes them, or undefined to keep the node.
 * Names of inputs and outputs of the graph stay. The given graph is left as it is.
 */
export function rewrite(
  graph: Graph,
  prefix: string,
  replace: (node: Node, rewriting: Rewriting) => readonly Value[] | undefined,
): Graph {
  const result = graph.clone();
  const builder = new GraphBuilder(result, prefix);
  result.nodes = [];
  const kept = namesToKeep(graph);
  const renamed = new Map<string, string>();
  const producers = new Map<string, Node>();
  let indexed = 0;
  const rewriting: Rewriting = {
    builder,
    producer(name) {
      for (; indexed < result.nodes.length; indexed++) {
        const node = result.nodes[indexed]!;
        for (const output of node.outputs) producers.set(output, node);
      }
      return producers.get(name);
    },
  };

  for (const original of graph.nodes) {
    const inputs = original.inputs.map((name) => renamed.get(name) ?? name);
    const changed = inputs.some((name, i) => name !== original.inputs[i]);
    const node = changed ? { ...original, inputs } : original;
    const values = replace(node, rewriting);
    if (!values) {
      result.nodes.push(node);
      continue;
    }
    values.forEach((value, i) => {
      const name = node.outputs[i];
      if (!name) return;
      if (kept.has(name)) builder.op('Identity', [value], {}, { names: [name], types: [value] });
      else {
        renamed.set(name, value.name);
        result.types.delete(name);
      }
    });
  }
  return result;
}

/** Names that something outside the list of nodes refers to: outputs of the graph, and what bodies of nodes read. */
function namesToKeep(graph: Graph): Set<string> {
  const kept = new Set(graph.outputs.map((output) => output.name));
  for (const node of graph.nodes) {
    const inputs = new Set(node.inputs);
    for (const name of readsOf(node)) if (!inputs.has(name)) kept.add(name);
  }
  return kept;
}
