import { dtypeFromNumber, isFloating } from './dtype.ts';
import type { Graph, Node } from './graph.ts';
import { intAttribute } from './operators/read.ts';
import type { Tensor } from './tensor.ts';

/** Who makes and who reads each value of a graph, as it stood when `usesOf` was called. */
export interface Uses {
  producer(name: string): Node | undefined;
  /** Nodes that read the value, in order, those that read it from inside a body (If, Loop, Scan) included. */
  consumers(name: string): readonly Node[];
}

export function usesOf(graph: Graph): Uses {
  const producers = new Map<string, Node>();
  const consumers = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const output of node.outputs) if (output) producers.set(output, node);
    for (const input of new Set(readsOf(node))) {
      const list = consumers.get(input);
      if (list) list.push(node);
      else consumers.set(input, [node]);
    }
  }
  return { producer: (name) => producers.get(name), consumers: (name) => consumers.get(name) ?? [] };
}

/** Whether a node hands a number on as it is, at most in another floating type: Identity, and Cast to one. */
function handsOn(node: Node): boolean {
  if (node.domain !== '') return false;
  const to = node.op === 'Cast' ? dtypeFromNumber(intAttribute(node, 'to')) : undefined;
  return node.op === 'Identity' || (to !== undefined && isFloating(to));
}

/** The value that `name` is, but for its type, and the nodes that hand it on, in graph order. */
export function sourceOf(
  uses: Uses,
  name: string,
): { readonly source: string; readonly through: readonly Node[] } {
  const through: Node[] = [];
  let source = name;
  for (let node = uses.producer(source); node && handsOn(node); node = uses.producer(source)) {
    through.unshift(node);
    source = node.inputs[0]!;
  }
  return { source, through };
}

/** Nodes that compute with a value, as it is or as it is handed on, and the name under which they read it. */
export function readersOf(
  uses: Uses,
  name: string,
): readonly { readonly node: Node; readonly value: string }[] {
  return uses
    .consumers(name)
    .flatMap((node) => (handsOn(node) ? readersOf(uses, node.outputs[0]!) : [{ node, value: name }]));
}

/** Every value that a node reads: its inputs, and what the bodies in its attributes capture. */
export function readsOf(node: Node): string[] {
  const reads = node.inputs.filter((input) => input !== '');
  for (const attribute of Object.values(node.attributes)) {
    if (attribute.kind === 'graph' || attribute.kind === 'opaque') reads.push(...attribute.captures);
  }
  return reads;
}

/** Nodes that at least one of `targets` depends on, in graph order. */
export function ancestorsOf(graph: Graph, targets: Iterable<string>): Node[] {
  const needed = new Set(targets);
  const kept: Node[] = [];
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i]!;
    if (!node.outputs.some((output) => needed.has(output))) continue;
    kept.push(node);
    for (const read of readsOf(node)) needed.add(read);
  }
  return kept.reverse();
}

/** Names of all values that depend on at least one of `sources`, the sources included. */
export function descendantsOf(graph: Graph, sources: Iterable<string>): Set<string> {
  const reached = new Set(sources);
  for (const node of graph.nodes) {
    if (readsOf(node).some((read) => reached.has(read)))
      for (const output of node.outputs) if (output) reached.add(output);
  }
  return reached;
}

/** Removes nodes and constants that no output needs. Returns the graph itself. */
export function removeDead(graph: Graph): Graph {
  const outputs = graph.outputs.map((o) => o.name);
  graph.nodes = ancestorsOf(graph, outputs);
  const used = new Set(outputs);
  for (const node of graph.nodes) for (const read of readsOf(node)) used.add(read);
  for (const name of [...graph.constants.keys()]) if (!used.has(name)) graph.constants.delete(name);
  return graph;
}

/**
 * Removes domains whose operator set no node needs. Returns the graph itself; where a body or a function may hold nodes of
 * any domain, all of them stay.
 */
export function removeUnusedDomains(graph: Graph): Graph {
  const hasBody = ({ attributes }: Node): boolean =>
    Object.values(attributes).some(({ kind }) => kind === 'graph' || kind === 'opaque');
  if (graph.functions.size > 0 || graph.nodes.some(hasBody)) return graph;
  const used = new Set(['', ...graph.nodes.map((node) => node.domain)]);
  for (const domain of [...graph.opsets.keys()]) if (!used.has(domain)) graph.opsets.delete(domain);
  return graph;
}

/** The tensor behind a name when it is known before any run: a constant, a Constant node, or an Identity of one. */
export function knownTensor(graph: Graph, uses: Uses, name: string): Tensor | undefined {
  const constant = graph.constants.get(name);
  if (constant) return constant.read();
  const node = uses.producer(name);
  if (node?.domain !== '') return undefined;
  if (node.op === 'Identity') return knownTensor(graph, uses, node.inputs[0]!);
  if (node.op !== 'Constant') return undefined;
  const { value, value_float, value_floats, value_int, value_ints } = node.attributes;
  if (value?.kind === 'tensor') return value.value;
  if (value_float?.kind === 'float')
    return { dtype: 'float32', dims: [], data: Float32Array.of(value_float.value) };
  if (value_floats?.kind === 'floats')
    return {
      dtype: 'float32',
      dims: [value_floats.value.length],
      data: Float32Array.from(value_floats.value),
    };
  if (value_int?.kind === 'int')
    return { dtype: 'int64', dims: [], data: BigInt64Array.of(BigInt(value_int.value)) };
  if (value_ints?.kind === 'ints')
    return {
      dtype: 'int64',
      dims: [value_ints.value.length],
      data: BigInt64Array.from(value_ints.value, BigInt),
    };
  return undefined;
}
