import {
  constantOf,
  descendantsOf,
  type Graph,
  int64,
  knownTensor,
  type Shape,
  toNumbers,
  usesOf,
} from '../graph/index.ts';
import { PREFIX } from './parameters.ts';

/**
 * Makes what follows the logits speak of another number of classes: types of values and outputs, and the sizes in
 * Reshape nodes. Changes `graph`.
 */
export function changeClassCount(graph: Graph, logits: string, from: number, to: number): void {
  if (from === to) return;
  const following = descendantsOf(graph, [logits]);
  const changed = (shape: Shape): Shape => shape.map((d) => (d === from ? to : d));
  for (const name of following) {
    const type = graph.types.get(name);
    if (type?.shape) graph.types.set(name, { ...type, shape: changed(type.shape) });
  }
  graph.outputs = graph.outputs.map((o) =>
    o.shape && following.has(o.name) ? { ...o, shape: changed(o.shape) } : o,
  );

  const uses = usesOf(graph);
  graph.nodes = graph.nodes.map((node) => {
    if (node.op !== 'Reshape' || !following.has(node.inputs[0]!)) return node;
    const shape = knownTensor(graph, uses, node.inputs[1]!);
    if (!shape) return node;
    const sizes = toNumbers(shape);
    if (!sizes.includes(from)) return node;
    const name = `${PREFIX}shape/${node.outputs[0]}`;
    graph.constants.set(name, constantOf(int64(sizes.map((n) => (n === from ? to : n)))));
    const { origin: _, ...rest } = node;
    return { ...rest, inputs: [node.inputs[0]!, name] };
  });
}
