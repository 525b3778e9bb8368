import {
  constantOf,
  descendantsOf,
  type Graph,
  type Node,
  removeDead,
  type Tensor,
  toNumbers,
  usesOf,
} from '../graph/index.ts';
import { encodeGraph } from '../onnx/index.ts';
import { openSession } from './session.ts';

/**
 * Replaces by constants what depends on no input, yet survived onnxruntime's folding, which leaves loops alone: some
 * exporters compute the indices of a strided view in one. Changes the graph in place.
 */
export async function foldIndependent(graph: Graph): Promise<Graph> {
  const dependent = descendantsOf(
    graph,
    graph.inputs.map((input) => input.name),
  );
  const isDependent = (node: Node): boolean => node.outputs.some((output) => dependent.has(output));
  const independent = graph.nodes.filter((node) => !isDependent(node) && node.op !== 'Constant');
  if (independent.length === 0) return graph;
  const made = new Set(independent.flatMap((node) => node.outputs));
  const wanted = [
    ...new Set(
      graph.nodes.filter(isDependent).flatMap((node) => node.inputs.filter((input) => made.has(input))),
    ),
  ].filter((name) => graph.typeOf(name));
  const part = graph.clone();
  part.inputs = [];
  part.outputs = wanted.map((name) => ({ name, ...graph.typeOf(name)! }));
  removeDead(part);
  const session = await openSession(encodeGraph(part));
  const values = await session.run({});
  await session.close();
  for (const name of wanted) graph.constants.set(name, constantOf(values[name]!));
  const folded = new Set(wanted);
  graph.nodes = graph.nodes.filter((node) => !node.outputs.some((output) => folded.has(output)));
  return removeDead(graph);
}

/**
 * Gather(Reshape(x, [-1]), [[0, 1, 2, …]]) reads every element in order: it is Reshape(x, shape of the indices). So
 * PyTorch's as_strided of a contiguous tensor comes out, and only in this form can it take more images at once.
 */
export function removeIdentityGathers(graph: Graph): Graph {
  const uses = usesOf(graph);
  graph.nodes = graph.nodes.map((node) => {
    if (node.op !== 'Gather' || node.domain !== '') return node;
    const [data, indices] = [node.inputs[0]!, node.inputs[1]!];
    const constant = graph.constants.get(indices);
    const flattening = uses.producer(data);
    if (!constant || flattening?.op !== 'Reshape' || graph.typeOf(data)?.shape?.length !== 1) return node;
    if (!isRange(constant.read(), graph.typeOf(data)!.shape![0])) return node;
    const shape = `${node.outputs[0]}/shape`;
    const tensor: Tensor = {
      dtype: 'int64',
      dims: [constant.dims.length],
      data: BigInt64Array.from(constant.dims, BigInt),
    };
    graph.constants.set(shape, constantOf(tensor));
    return {
      op: 'Reshape',
      domain: '',
      name: node.name,
      inputs: [flattening.inputs[0]!, shape],
      outputs: node.outputs,
      attributes: {},
    };
  });
  return removeDead(graph);
}

function isRange(indices: Tensor, size: number | string | undefined): boolean {
  const values = toNumbers(indices);
  return values.length === size && values.every((value, i) => value === i);
}
