/**
 * Activations that are cheap to compute again are not kept for the backward pass: for the gradient of a weight, y = Gelu(x) comes
 * anew from x, which its own gradient keeps anyway. In vit_b_16 at batch 8 that is 0.2 GB less for one pass over memory a
 * layer.
 */
import { type Graph, GraphBuilder, type Node, stringAttribute, usesOf } from '../graph/index.ts';

/** Nodes in between from which on a value counts as kept, not as used in passing. */
const FAR = 64;

const MICROSOFT = 'com.microsoft';

/** A node that reads the value, by way of nodes that only give it another shape. */
interface Reader {
  readonly node: Node;
  readonly at: number;
  readonly input: number;
  readonly reshapes: readonly Node[];
}

/**
 * For onnxruntime on a CPU: its own Gelu beside the standard one, so that no optimizer makes one of both.
 * @param graph lowered, its nodes in the order in which they are differentiated. It is left as it is.
 */
export function recomputeActivations(graph: Graph): Graph {
  const uses = usesOf(graph);
  const position = new Map(graph.nodes.map((node, i) => [node, i]));
  const readersOf = (name: string, reshapes: readonly Node[] = []): Reader[] =>
    uses
      .consumers(name)
      .flatMap((node) =>
        node.op === 'Reshape' && node.domain === '' && node.inputs[0] === name
          ? readersOf(node.outputs[0]!, [...reshapes, node])
          : node.inputs.flatMap((read, input) =>
              read === name ? [{ node, at: position.get(node)!, input, reshapes }] : [],
            ),
      );

  /** What reads the value long after the others do, while its argument is there all the same. */
  const lateReaders = (node: Node): Reader[] => {
    const readers = readersOf(node.outputs[0]!).sort((a, b) => a.at - b.at);
    const first = readers.findIndex(({ at }, i) => i > 0 && at - readers[i - 1]!.at > FAR);
    if (first < 0) return [];
    const kept = Math.max(...readersOf(node.inputs[0]!).map(({ at }) => at));
    return kept >= readers[first]!.at - FAR ? readers.slice(first) : [];
  };

  const replaced = new Map<Node, Map<number, { readonly gelu: Node; readonly reshapes: readonly Node[] }>>();
  for (const node of graph.nodes) {
    if (node.op !== 'Gelu' || node.domain !== '' || stringAttribute(node, 'approximate') !== 'none') continue;
    for (const { node: reader, input, reshapes } of lateReaders(node)) {
      const inputs = replaced.get(reader) ?? new Map();
      replaced.set(reader, inputs.set(input, { gelu: node, reshapes }));
    }
  }
  if (replaced.size === 0) return graph;
  const result = graph.clone();
  result.opsets.set(MICROSOFT, 1);
  const builder = new GraphBuilder(result, 'again/');
  result.nodes = [];
  for (const node of graph.nodes) {
    const inputs = [...node.inputs];
    for (const [i, { gelu, reshapes }] of replaced.get(node) ?? []) {
      const types = [builder.value(gelu.outputs[0]!)];
      let value = builder.emit(`${MICROSOFT}:Gelu`, [builder.value(gelu.inputs[0]!)], {}, { types })[0]!;
      for (const { outputs } of reshapes)
        value = builder.reshape(value, builder.value(outputs[0]!).shape as number[]);
      inputs[i] = value.name;
    }
    result.nodes.push(replaced.has(node) ? { ...node, inputs } : node);
  }
  return result;
}
