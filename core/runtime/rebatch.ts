import {
  constantOf,
  descendantsOf,
  type Graph,
  int64,
  knownTensor,
  removeDead,
  toNumbers,
  usesOf,
} from '../graph/index.ts';

/**
 * A graph made for one image, rewritten to take `batch` of them: the image's first dimension grows, and so does the
 * first size in every Reshape and Expand that the image reaches. Right only where the batch stays the leading axis, so
 * whoever calls this compares the result with single images (`backbone.ts`).
 * @param graph simplified for batch 1; not changed.
 * @param image the name of its image input.
 */
export function rebatch(graph: Graph, image: string, batch: number): Graph {
  const copy = graph.clone();
  copy.types.clear();
  copy.inputs = copy.inputs.map((i) =>
    i.name === image ? { ...i, shape: [batch, ...i.shape!.slice(1)] } : i,
  );
  copy.outputs = copy.outputs.map((o) => ({ ...o, shape: o.shape && [batch, ...o.shape.slice(1)] }));
  const uses = usesOf(graph);
  const reached = descendantsOf(graph, [image]);
  copy.nodes = graph.nodes.map((node) => {
    if ((node.op !== 'Reshape' && node.op !== 'Expand') || !reached.has(node.inputs[0]!)) return node;
    const known = knownTensor(graph, uses, node.inputs[1]!);
    if (!known) return node;
    const [first, ...rest] = toNumbers(known);
    if (first === undefined || first <= 0) return node;
    const shape = `${node.outputs[0]}/batched-shape`;
    copy.constants.set(shape, constantOf(int64([first * batch, ...rest])));
    return { ...node, inputs: [node.inputs[0]!, shape] };
  });
  return removeDead(copy);
}
