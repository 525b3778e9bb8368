/** The layers of a backbone, from the image up: what partial tuning and layer-wise step sizes count. */
import { descendantsOf, type Graph, type Node, readsOf } from '../graph/index.ts';

/** A node that carries weights, and what belongs to it; or what an adapter calls a stage. */
export interface Layer {
  /** The weight that it is known by. */
  readonly name: string;
  /** Names of its parameters: weights, biases, and the scales of the normalizations that follow. */
  readonly parameters: readonly string[];
}

export interface Layers {
  /** Those that the features depend on, the last one nearest to the features. */
  readonly layers: readonly Layer[];
  /** Parameters above the features: the classifier's. */
  readonly classifier: readonly string[];
  /** Parameters that no stage of the adapter has. */
  readonly others: readonly string[];
}

/** What an adapter calls a stage: names of constants, those that are no parameters among them. */
export interface Stage {
  readonly name: string;
  readonly constants: readonly string[];
}

/** Ops whose work is a product with a weight. */
const WEIGHTED: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul', 'Einsum']);

/**
 * Groups the parameters of a prepared graph by the weight-carrying nodes (Conv, Gemm, MatMul and the like, with a
 * parameter of rank 2 or more) in graph order. A bias, a scale or a position embedding belongs to the last such node
 * that its reader depends on; a weight with several readers to the lowest of them.
 * @param graph whose inputs are what images are fed through, and the parameters.
 * @param parameters names of the parameters. @param features name of the value that the heads read.
 * @param stages names of parameters by stage, from the image up, instead of single nodes.
 */
export function layersOf(
  graph: Graph,
  parameters: ReadonlySet<string>,
  features: string,
  stages?: readonly Stage[],
): Layers {
  const readers = parameterReaders(graph, parameters);
  const below = ancestorValues(graph, features);
  const anchors: string[] = [];
  const ownerOfValue = new Map<string, number>();
  const ownerOfParameter = new Map<string, number>();
  const ABOVE = Number.POSITIVE_INFINITY;
  for (const { node, own } of readers) {
    const heavy = own.find((name) => isHeavy(graph, name));
    let owner = Math.max(-1, ...readsOf(node).map((name) => ownerOfValue.get(name) ?? -1));
    if (!node.outputs.some((output) => below.has(output))) owner = ABOVE;
    else if (WEIGHTED.has(node.op) && heavy !== undefined) owner = anchors.push(heavy) - 1;
    for (const output of node.outputs) ownerOfValue.set(output, owner);
    for (const name of own)
      ownerOfParameter.set(name, Math.min(ownerOfParameter.get(name) ?? ABOVE, Math.max(0, owner)));
  }
  const owned = (owner: number): string[] =>
    [...ownerOfParameter].flatMap(([name, its]) => (its === owner ? [name] : []));
  const classifier = owned(ABOVE);
  if (!stages) {
    // A weight that an earlier node has too leaves nothing for the later one.
    const layers = anchors.map((name, i) => ({ name, parameters: owned(i) }));
    return { layers: layers.filter((layer) => layer.parameters.length > 0), classifier, others: [] };
  }
  const taken = new Set(classifier);
  const layers = stages.map(({ name, constants }) => ({
    name,
    parameters: constants.filter((each) => parameters.has(each) && !taken.has(each)),
  }));
  for (const name of layers.flatMap((layer) => layer.parameters)) taken.add(name);
  return {
    layers: layers.filter((layer) => layer.parameters.length > 0),
    classifier,
    others: [...parameters].filter((name) => !taken.has(name)),
  };
}

/** A node that computes with activations. */
export interface ParameterReader {
  readonly node: Node;
  /** The parameters that it reads, as they are or with something done to them. */
  readonly own: readonly string[];
  /** Those that one of its inputs is made of. */
  rootsOf(input: string): readonly string[];
}

/** Every node that computes with activations, in graph order. */
export function parameterReaders(graph: Graph, parameters: ReadonlySet<string>): ParameterReader[] {
  const activations = activationsOf(graph, parameters);
  const roots = new Map<string, readonly string[]>([...parameters].map((name) => [name, [name]]));
  const readers: ParameterReader[] = [];
  const rootsOf = (name: string): readonly string[] => roots.get(name) ?? [];
  for (const node of graph.nodes) {
    const own = [...new Set(readsOf(node).flatMap(rootsOf))];
    if (node.outputs.some((output) => activations.has(output))) readers.push({ node, own, rootsOf });
    else if (own.length > 0) for (const output of node.outputs) roots.set(output, own);
  }
  return readers;
}

/** Names of the values that depend on the images. */
export function activationsOf(graph: Graph, parameters: ReadonlySet<string>): Set<string> {
  return descendantsOf(
    graph,
    graph.inputs.flatMap(({ name }) => (parameters.has(name) ? [] : [name])),
  );
}

function isHeavy(graph: Graph, name: string): boolean {
  return (graph.typeOf(name)?.shape?.filter((d) => d !== 1).length ?? 0) >= 2;
}

/** Names of all values that `target` depends on, itself included. */
function ancestorValues(graph: Graph, target: string): Set<string> {
  const needed = new Set([target]);
  for (const node of graph.nodes.toReversed())
    if (node.outputs.some((output) => needed.has(output))) for (const read of readsOf(node)) needed.add(read);
  return needed;
}

/** Nodes whose work is worth caching. */
export function isWeighted(node: Node): boolean {
  return node.domain !== '' || WEIGHTED.has(node.op);
}
