import { type Graph, readsOf, usesOf } from '../../graph/index.ts';

/**
 * Where an output of the graph is only another name of a computed value, the node that computes it is given that name.
 * Changes the graph in place.
 */
export function absorbIdentities(graph: Graph): Graph {
  const uses = usesOf(graph);
  const fixed = new Set(graph.outputs.map((output) => output.name));
  for (const node of graph.nodes) {
    const inputs = new Set(node.inputs);
    for (const read of readsOf(node)) if (!inputs.has(read)) fixed.add(read);
  }
  const renamed = new Map<string, string>();
  graph.nodes = graph.nodes.filter((node) => {
    const [from, to] = [node.inputs[0]!, node.outputs[0]!];
    if (node.op !== 'Identity' || node.domain !== '' || !fixed.has(to)) return true;
    if (!uses.producer(from) || fixed.has(from) || renamed.has(from)) return true;
    renamed.set(from, to);
    return false;
  });
  if (renamed.size === 0) return graph;
  const rename = (name: string): string => renamed.get(name) ?? name;
  graph.nodes = graph.nodes.map((node) => ({
    ...node,
    // A node is named after its output; the old name is free for another value, and so for another node.
    name: node.outputs.some((output) => renamed.has(output))
      ? `${node.op}:${rename(node.outputs[0]!)}`
      : node.name,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
  }));
  for (const from of renamed.keys()) graph.types.delete(from);
  return graph;
}
