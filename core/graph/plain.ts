/** Graphs as plain data, which can be sent from one thread to another. */
import type { Attribute } from './attribute.ts';
import { constantOf, Graph } from './graph.ts';
import type { Tensor } from './tensor.ts';

export interface PlainGraph
  extends Pick<Graph, 'name' | 'opsets' | 'inputs' | 'outputs' | 'nodes' | 'types' | 'functions'> {
  readonly constants: ReadonlyMap<string, Tensor>;
}

/**
 * The graph with all elements of its constants. Bytes are copied out of what holds them, as a file's are views of the whole
 * file, which would be sent with each.
 */
export function plainGraph(graph: Graph): PlainGraph {
  const { name, opsets, inputs, outputs, types } = graph;
  const copied = <K, V, W>(map: ReadonlyMap<K, V>, copy: (value: V) => W): Map<K, W> =>
    new Map([...map].map(([key, value]) => [key, copy(value)]));
  return {
    ...{ name, opsets, inputs, outputs, types },
    nodes: graph.nodes.map((node) => ({
      ...node,
      attributes: Object.fromEntries(
        Object.entries(node.attributes).map(([key, attribute]) => [key, ownAttribute(attribute)]),
      ),
    })),
    constants: copied(graph.constants, (constant) => ownTensor(constant.read())),
    functions: copied(graph.functions, ownBytes),
  };
}

/** The graph that `plainGraph` was given. */
export function graphOfPlain({ constants, opsets, types, functions, ...lists }: PlainGraph): Graph {
  const graph = Object.assign(new Graph(), lists);
  for (const [name, tensor] of constants) graph.constants.set(name, constantOf(tensor));
  for (const [domain, version] of opsets) graph.opsets.set(domain, version);
  for (const [name, type] of types) graph.types.set(name, type);
  for (const [name, bytes] of functions) graph.functions.set(name, bytes);
  return graph;
}

function ownAttribute(attribute: Attribute): Attribute {
  if (attribute.kind === 'tensor') return { ...attribute, value: ownTensor(attribute.value) };
  return 'bytes' in attribute ? { ...attribute, bytes: ownBytes(attribute.bytes) } : attribute;
}

function ownTensor(tensor: Tensor): Tensor {
  const { data } = tensor;
  return { ...tensor, data: data instanceof Uint8Array ? ownBytes(data) : data.slice() };
}

/** They may be a Buffer, whose slice() is a view. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
