import {
  constantOf,
  type Graph,
  int,
  intAttribute,
  type Node,
  removeDead,
  type Tensor,
  type TensorData,
  type Uses,
  usesOf,
} from '../../../core/graph/index.ts';

/**
 * Convolutions of the parts of a value, whose results are put together, as the one convolution in groups that they are:
 *
 *     Concat(Conv(x_0, w_0), …, Conv(x_n, w_n)), x_0 … x_n = Split(x)   =   Conv(x, Concat(w_0, …, w_n), group = n + 1)
 *
 * TensorFlow.js has no convolution in groups, so this is how they are written for it.
 * @param graph with channels second; it is left as it is.
 */
export function regroupConvolutions(graph: Graph): Graph {
  const uses = usesOf(graph);
  const found = new Map(
    graph.nodes.flatMap((node) => groupsOf(graph, uses, node) ?? []).map((g) => [g.end, g]),
  );
  if (found.size === 0) return graph;
  const result = graph.clone();
  result.nodes = graph.nodes.map((node) => {
    const groups = found.get(node);
    return groups ? joined(result, groups) : node;
  });
  const taken = removeDead(result);
  const made = new Set(taken.nodes.flatMap((node) => node.outputs));
  for (const name of [...taken.types.keys()]) if (!made.has(name)) taken.types.delete(name);
  return taken;
}

interface Groups {
  /** The Concat. */
  readonly end: Node;
  readonly convolutions: readonly Node[];
  /** What is split. */
  readonly source: string;
}

/** The convolutions that the node puts together, where it and they are of the pattern. */
function groupsOf(graph: Graph, uses: Uses, end: Node): Groups | undefined {
  if (end.op !== 'Concat' || end.domain !== '' || intAttribute(end, 'axis') !== 1) return undefined;
  const parts = end.inputs.map((name) => (isReadOnce(uses, name) ? uses.producer(name) : undefined));
  const convolutions = parts.filter((node) => node?.op === 'Conv' && node.domain === '') as Node[];
  const split = uses.producer(convolutions[0]?.inputs[0] ?? '');
  if (
    convolutions.length < 2 ||
    convolutions.length !== end.inputs.length ||
    split?.op !== 'Split' ||
    intAttribute(split, 'axis') !== 1 ||
    split.outputs.length !== convolutions.length
  )
    return undefined;
  const { attributes, inputs } = convolutions[0]!;
  const settings = JSON.stringify(attributes, asText);
  const isAlike = convolutions.every(
    (node, i) =>
      node.inputs[0] === split.outputs[i] &&
      isReadOnce(uses, split.outputs[i]!) &&
      node.inputs.length === inputs.length &&
      node.inputs.slice(1).every((name, k) => sameDims(graph, name, inputs[k + 1]!)) &&
      JSON.stringify(node.attributes, asText) === settings,
  );
  // Parts of unequal width have no convolution in groups; those of a convolution in groups have more than one already.
  const widths = new Set(split.outputs.map((name) => graph.typeOf(name)?.shape?.[1]));
  if (!isAlike || widths.size !== 1 || intAttribute(convolutions[0]!, 'group') !== 1) return undefined;
  return { end, convolutions, source: split.inputs[0]! };
}

const asText = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}` : value);

const isReadOnce = (uses: Uses, name: string): boolean => uses.consumers(name).length === 1;

function sameDims(graph: Graph, a: string, b: string): boolean {
  const [one, other] = [graph.constants.get(a), graph.constants.get(b)];
  return one !== undefined && other !== undefined && one.dims.join() === other.dims.join();
}

function joined(graph: Graph, { end, convolutions, source }: Groups): Node {
  const [first] = convolutions as [Node];
  const weights = first.inputs.slice(1).map((name, k) => {
    const tensors = convolutions.map((node) => graph.constants.get(node.inputs[k + 1]!)!.read());
    const whole = uniqueName(graph, name.replace(/\/part0$/, ''));
    graph.constants.set(whole, constantOf(stacked(tensors)));
    return whole;
  });
  return {
    ...first,
    name: end.name,
    inputs: [source, ...weights],
    outputs: end.outputs,
    attributes: { ...first.attributes, group: int(convolutions.length) },
  };
}

/** One after the other along the first axis. */
function stacked(tensors: readonly Tensor[]): Tensor {
  const [{ dtype, dims, data }] = tensors as [Tensor];
  const one = data as Float32Array;
  const made = new (one.constructor as Float32ArrayConstructor)(one.length * tensors.length);
  for (const [i, tensor] of tensors.entries()) made.set(tensor.data as Float32Array, i * one.length);
  return { dtype, dims: dims.with(0, dims[0]! * tensors.length), data: made as TensorData };
}

function uniqueName(graph: Graph, base: string): string {
  const taken = (name: string): boolean => graph.constants.has(name) || graph.typeOf(name) !== undefined;
  let name = base;
  for (let i = 1; taken(name); i++) name = `${base}_${i}`;
  return name;
}
