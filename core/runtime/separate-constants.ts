/**
 * Constants that a file has once for several things. Exporters merge equal ones, and in a new BatchNormalization bias
 * and mean are zeros, scale and variance ones: trained, the bias would take the mean along. So a constant that serves as
 * a setting or a statistic and as something else becomes several, and so does one that is a statistic of several
 * BatchNormalizations: what an Identity makes of it is a constant of the Identity's name, and where one name still
 * stands for both, each other reader gets a constant of its own. What is not changed is joined again before it is
 * written.
 */
import { groupPositions } from '../data/group.ts';
import {
  type Constant,
  type Graph,
  GraphBuilder,
  type Node,
  readersOf,
  sizeOf,
  type Uses,
  usesOf,
} from '../graph/index.ts';
import { floatingConstants, roleOf } from './parameters.ts';

export interface Separated {
  readonly graph: Graph;
  /** An edited clone of `graph` with everything that was not changed shared as before. */
  join(edited: Graph): Graph;
}

/** A constant that was made of another. */
interface Separation {
  readonly name: string;
  /** The constant that it was until then. */
  readonly from: string;
  /** Whose result it was, where it was one's. */
  readonly identity?: Node;
}

/** A place where a node reads a constant. */
interface Place {
  readonly node: Node;
  readonly index: number;
}

/** Separates the constants of a graph that the caller keeps; the graph itself where nothing is shared. */
export function separateConstants(original: Graph): Separated {
  const graph = original.clone();
  const made = [...separateIdentities(graph), ...separateWeights(graph), ...separateStatistics(graph)];
  if (made.length === 0) return { graph: original, join: (edited) => edited };
  return { graph, join: (edited) => joined(original, edited, made) };
}

/** What an Identity makes of a shared constant is one of its own; changes the graph in place. */
function separateIdentities(graph: Graph): Separation[] {
  const uses = usesOf(graph);
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const made: Separation[] = [];
  const separate = (from: string, constant: Constant): void => {
    for (const identity of uses.consumers(from)) {
      const [name] = identity.outputs as [string];
      if (identity.op !== 'Identity' || identity.domain !== '' || outputs.has(name)) continue;
      graph.constants.set(name, ownOf(constant));
      made.push({ name, from, identity });
      separate(name, constant);
    }
  };
  for (const name of floatingConstants(graph)) {
    const constant = graph.constants.get(name);
    if (constant && isShared(uses, name, constant)) separate(name, constant);
  }
  const gone = new Set(made.map(({ identity }) => identity));
  graph.nodes = graph.nodes.filter((node) => !gone.has(node));
  return made;
}

function isShared(uses: Uses, name: string, constant: Constant): boolean {
  const places = readersOf(uses, name).flatMap(({ node, value }) => placesIn(node, value));
  const isRead = places.some(isSetting);
  return isRead && (places.some(isWeight(constant)) || places.filter(isStatistic).length > 1);
}

/** Of a name that stands for a setting and for weights, these get constants of their own; in place. */
function separateWeights(graph: Graph): Separation[] {
  const uses = usesOf(graph);
  return separatePlaces(graph, (name, constant) => {
    const places = uses.consumers(name).flatMap((node) => placesIn(node, name));
    return places.some(isSetting) ? places.filter(isWeight(constant)).map((place) => [place]) : [];
  });
}

/** Of a name that is a statistic of several BatchNormalizations, told apart by their scales, all but the first; in place. */
function separateStatistics(graph: Graph): Separation[] {
  const uses = usesOf(graph);
  return separatePlaces(graph, (name) => {
    const places = uses.consumers(name).flatMap((node) => placesIn(node, name));
    const statistics = places.filter(isStatistic);
    const keys = statistics.map(({ node, index }) => `${index} ${node.inputs[1]}`);
    const groups = [...groupPositions(keys).values()].map((group) => group.map((i) => statistics[i]!));
    return places.every(isStatistic) ? groups.slice(1) : groups;
  });
}

/** @param apart groups of places for a constant's name, each of which gets a constant of its own. */
function separatePlaces(
  graph: Graph,
  apart: (name: string, constant: Constant) => readonly (readonly Place[])[],
): Separation[] {
  const builder = new GraphBuilder(graph);
  const made: Separation[] = [];
  const inputs = new Map<Node, string[]>();
  for (const from of floatingConstants(graph)) {
    const constant = graph.constants.get(from);
    for (const places of constant ? apart(from, constant) : []) {
      const { node, index } = places[0]!;
      const name = builder.uniqueName(`${from}/${node.outputs[0]}/${index}`);
      graph.constants.set(name, ownOf(constant!));
      made.push({ name, from });
      for (const place of places) {
        const own = inputs.get(place.node) ?? [...place.node.inputs];
        own[place.index] = name;
        inputs.set(place.node, own);
      }
    }
  }
  graph.nodes = graph.nodes.map((node) => (inputs.has(node) ? { ...node, inputs: inputs.get(node)! } : node));
  return made;
}

const placesIn = (node: Node, name: string): Place[] =>
  node.inputs.flatMap((input, index) => (input === name ? [{ node, index }] : []));

const isSetting = ({ node, index }: Place): boolean => roleOf(node, index) === 'setting';

const isStatistic = (place: Place): boolean => place.node.op === 'BatchNormalization' && isSetting(place);

/** A lone number is a weight only where an op says so. */
const isWeight =
  ({ dims }: Constant) =>
  ({ node, index }: Place): boolean =>
    (sizeOf(dims) > 1 && roleOf(node, index) !== 'setting') || roleOf(node, index) === 'weight';

/** The same elements, in no record of the file. */
function ownOf({ dtype, dims, read }: Constant): Constant {
  return { dtype, dims, read };
}

function joined(original: Graph, edited: Graph, made: readonly Separation[]): Graph {
  const rootOf = (name: string): string => {
    const separation = made.find((each) => each.name === name);
    return separation ? rootOf(separation.from) : name;
  };
  const isSame = (name: string): boolean =>
    edited.constants.get(name)?.read === original.constants.get(rootOf(name))!.read;
  const isGone = (name: string): boolean => !edited.constants.has(name) && original.constants.has(name);
  const again = made.filter(({ name, from }) => isSame(name) && (isSame(from) || isGone(from)));
  const graph = edited.clone();
  const renamed = new Map<string, string>();
  for (const { name, from, identity } of again) {
    graph.constants.delete(name);
    if (isGone(from)) graph.constants.set(from, original.constants.get(from)!);
    if (!identity) renamed.set(name, from);
  }
  const nameOf = (name: string): string => {
    const before = renamed.get(name);
    return before === undefined ? name : nameOf(before);
  };
  graph.nodes = graph.nodes.map((node) =>
    node.inputs.some((name) => renamed.has(name)) ? { ...node, inputs: node.inputs.map(nameOf) } : node,
  );
  for (const { identity } of again.toReversed()) if (identity) insert(graph, identity);
  return graph;
}

/** Where the file has the node, and before what reads it. */
function insert(graph: Graph, node: Node): void {
  const place = graph.nodes.findIndex(
    ({ origin = -1, inputs }) => origin > node.origin! || inputs.includes(node.outputs[0]!),
  );
  graph.nodes.splice(place < 0 ? graph.nodes.length : place, 0, node);
}
