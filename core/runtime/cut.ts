/**
 * A backbone in two parts: what does not depend on any trained parameter, which can be computed once an image, and what
 * does. The step's graph is the upper part alone.
 */
import { MarnetError } from '../errors.ts';
import { descendantsOf, type Graph, type Node, readsOf, removeDead, usesOf } from '../graph/index.ts';
import type { FedValue, TrainableBackbone } from './backbone.ts';
import { activationsOf, isWeighted } from './layers.ts';

/** A backbone's part that is trained, as a training job takes it. */
export type TrainedPart = Pick<
  TrainableBackbone,
  'graph' | 'fed' | 'batch' | 'block' | 'parameters' | 'running'
>;

export interface CutBackbone {
  /** Fed with the values at the cut, which are the images themselves where nothing below is frozen. */
  readonly upper: TrainedPart;
  /** From the images to the values at the cut, its weights being constants; undefined where there is nothing to do. */
  readonly lower: Graph | undefined;
}

/**
 * Cuts a prepared backbone below everything that depends on `trained`. The cut is the set of values that the trained
 * part reads; where undoing a step that costs little makes it smaller (x and Relu(x), say, become x alone), or where a
 * value does not have one row for each image, it is moved down. Both parts together compute what the whole does.
 * @param trained names among the backbone's parameters; the others become constants.
 */
export function cutBelow(backbone: TrainableBackbone, trained: ReadonlySet<string>): CutBackbone {
  const { graph, batch, block } = backbone;
  const parameters = new Map([...backbone.parameters].filter(([name]) => trained.has(name)));
  const values = new Set(separatingValues(backbone, trained));
  const upper = withConstants(backbone, trained);
  const nodes = upper.nodes;
  upper.nodes = [];
  const needed = new Set(upper.outputs.map((output) => output.name));
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output) && !values.has(output))) continue;
    upper.nodes.unshift(node);
    for (const read of readsOf(node)) needed.add(read);
  }
  const fed: FedValue[] = [...values].map((name) => {
    const { dtype, shape } = graph.typeOf(name)!;
    return { name, dtype, shape: shape as readonly number[] };
  });
  upper.inputs = [...fed, ...upper.inputs.filter((input) => parameters.has(input.name))];
  removeUnreadConstants(upper);

  const isImage = backbone.fed.every(({ name }) => values.has(name)) && values.size === backbone.fed.length;
  const lower = isImage ? undefined : withConstants(backbone, new Set());
  if (lower) {
    lower.outputs = fed.map((value) => ({ ...value }));
    removeDead(lower);
  }
  const running = new Map([...backbone.running].filter(([name]) => trained.has(name)));
  return { upper: { graph: upper, fed, batch, block, parameters, running }, lower };
}

/** A clone in which the parameters that are not `kept` are constants. */
function withConstants({ graph, parameters }: TrainableBackbone, kept: ReadonlySet<string>): Graph {
  const copy = graph.clone();
  const fixed = [...parameters].filter(([name]) => !kept.has(name));
  for (const [name, constant] of fixed) copy.constants.set(name, constant);
  const names = new Set(fixed.map(([name]) => name));
  copy.inputs = copy.inputs.filter((input) => !names.has(input.name));
  return copy;
}

function removeUnreadConstants(graph: Graph): void {
  const read = new Set(graph.nodes.flatMap(readsOf));
  for (const name of [...graph.constants.keys()]) if (!read.has(name)) graph.constants.delete(name);
}

function separatingValues(backbone: TrainableBackbone, trained: ReadonlySet<string>): string[] {
  const { graph, batch } = backbone;
  const images = new Set(backbone.fed.map(({ name }) => name));
  const activations = activationsOf(graph, new Set(backbone.parameters.keys()));
  const changing = descendantsOf(graph, trained);
  const uses = usesOf(graph);
  const isBelow = (name: string): boolean => activations.has(name) && !changing.has(name);
  const sizeOf = (name: string): number =>
    (graph.typeOf(name)?.shape ?? []).reduce<number>((size, d) => size * Number(d), 1);
  /** Whether row i of it belongs to image i. */
  const hasRows = (name: string): boolean => {
    const type = graph.typeOf(name);
    return type?.dtype === 'float32' && !!type.shape && (batch === 1 || type.shape[0] === batch);
  };

  const needed = new Set(graph.outputs.map((output) => output.name));
  let cut = new Set(graph.outputs.flatMap(({ name }) => (isBelow(name) ? [name] : [])));
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output) && changing.has(output))) continue;
    for (const read of readsOf(node)) {
      needed.add(read);
      if (isBelow(read)) cut.add(read);
    }
  }

  const redone = new Set<Node>();
  const movedBelow = (name: string): Set<string> => {
    const node = uses.producer(name)!;
    redone.add(node);
    const moved = new Set([...cut].filter((other) => !node.outputs.includes(other)));
    for (const read of readsOf(node))
      if (activations.has(read) && !redone.has(uses.producer(read)!)) moved.add(read);
    return moved;
  };
  const total = (names: Iterable<string>): number =>
    [...names].reduce((size, name) => size + sizeOf(name), 0);
  for (;;) {
    const stuck = [...cut].find((name) => !images.has(name) && !hasRows(name));
    if (stuck !== undefined) {
      cut = movedBelow(stuck);
      continue;
    }
    const smaller = [...cut].find((name) => {
      const node = uses.producer(name);
      if (!node || isWeighted(node)) return false;
      const moved = movedBelow(name);
      redone.delete(node);
      const better = total(moved) < total(cut) || (total(moved) === total(cut) && moved.size < cut.size);
      return better && [...moved].every((other) => images.has(other) || hasRows(other));
    });
    if (smaller === undefined) break;
    cut = movedBelow(smaller);
  }
  if (cut.size === 0) throw new MarnetError('internal', 'nothing that is trained depends on the images');
  return graph.inputs
    .map(({ name }) => name)
    .concat(graph.nodes.flatMap((node) => node.outputs))
    .filter((name) => cut.has(name));
}
