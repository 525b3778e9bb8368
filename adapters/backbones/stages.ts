/** Constants by stage: what `last:N` and layer-wise step sizes count. */
import { isFloating, type Node } from '../../core/graph/index.ts';
import type { Stage } from '../adapter.ts';
import { isPooling, type Network } from './network.ts';

/**
 * Stages of a convolutional network: a new one wherever a stride makes the map smaller. `1/8` is the part of the image's
 * side that the stage's maps have.
 */
export function stagesByScale(network: Network, features: string): Stage[] {
  const { view } = network;
  const cuts = new Set(view.cutsBefore(features).map(({ value }) => value));
  const scales = new Map<string, number>();
  const HEAD = Number.POSITIVE_INFINITY;
  const scaleOf = (node: Node): number => {
    const before = Math.max(1, ...view.dynamicInputs(node).map((name) => scales.get(name) ?? 1));
    if (isPooling(node) && cuts.has(node.outputs[0]!)) return HEAD;
    return before === HEAD ? HEAD : before * strideOf(network, node);
  };
  return grouped(network, features, (node) => {
    const scale = scaleOf(node);
    for (const output of node.outputs) scales.set(output, scale);
    return scale;
  }).map(({ key, constants }) => ({ name: key === HEAD ? 'head' : `maps of 1/${key}`, constants }));
}

/**
 * Stages of a network of residual blocks: the part before the first one, then one a block.
 * @param additions residual connections a block.
 */
export function stagesByBlock(network: Network, features: string, additions: number): Stage[] {
  const residuals = new Set(network.residuals.flatMap(({ outputs }) => outputs));
  const cuts = network.view.cutsBefore(features).map(({ value }) => value);
  const ends = cuts.reverse().filter((value) => residuals.has(value));
  const ofBlocks = new Set(ends.filter((_, i) => (i + 1) % additions === 0));
  const first = ends[0] === undefined ? undefined : startOf(network, ends[0]);
  const blocks = new Map<string, number>();
  return grouped(network, features, (node) => {
    const read = network.view.dynamicInputs(node);
    const before = Math.max(0, ...read.map((name) => blocks.get(name) ?? 0));
    const block = before === 0 && first !== undefined && read.includes(first) ? 1 : before;
    for (const output of node.outputs) blocks.set(output, ofBlocks.has(output) ? block + 1 : block);
    return block;
  }).map(({ key, constants }) => ({ name: key === 0 ? 'embedding' : `block ${key}`, constants }));
}

/** The value that a residual connection goes around from. */
function startOf({ view }: Network, end: string): string | undefined {
  const cuts = view.cutsBefore(end);
  return cuts[1]?.value;
}

interface Group {
  readonly key: number;
  readonly constants: readonly string[];
}

/**
 * The constants that nodes up to the features read, as they are or with something done to them, by the key of the first
 * such node, in the order of the keys.
 */
function grouped(network: Network, features: string, keyOf: (node: Node) => number): Group[] {
  const { view } = network;
  const wanted = new Set(
    view.cutsBefore(features).flatMap(({ segment }) => segment.flatMap(({ outputs }) => outputs)),
  );
  const groups = new Map<number, string[]>();
  const taken = new Set<string>();
  const take = (name: string, key: number): void => {
    if (name === '' || taken.has(name) || view.isDynamic(name)) return;
    taken.add(name);
    const constant = view.constant(name);
    if (constant) {
      if (!isFloating(constant.type.dtype)) return;
      groups.set(key, [...(groups.get(key) ?? []), name]);
      return;
    }
    for (const input of view.uses.producer(name)?.inputs ?? []) take(input, key);
  };
  for (const node of network.nodes) {
    const key = keyOf(node);
    if (node.outputs.some((output) => wanted.has(output))) for (const input of node.inputs) take(input, key);
  }
  const inOrder = [...groups].sort(([a], [b]) => a - b).map(([key, constants]) => ({ key, constants }));
  return joined(inOrder, (name) => (view.shapeOf(name) ?? []).filter((dim) => dim !== 1).length >= 2);
}

/** A group without a matrix or filters, such as a last normalization, belongs to its neighbour. */
function joined(groups: readonly Group[], isHeavy: (name: string) => boolean): Group[] {
  const result: Group[] = [];
  let light: readonly string[] = [];
  for (const { key, constants } of groups) {
    const last = result.at(-1);
    if (constants.some(isHeavy)) {
      result.push({ key, constants: [...light, ...constants] });
      light = [];
    } else if (last) result.splice(-1, 1, { key: last.key, constants: [...last.constants, ...constants] });
    else light = [...light, ...constants];
  }
  return result;
}

function strideOf({ view }: Network, node: Node): number {
  if (!['Conv', 'MaxPool', 'AveragePool', 'SpaceToDepth'].includes(node.op)) return 1;
  const { strides, blocksize } = node.attributes;
  if (blocksize?.kind === 'int') return blocksize.value;
  // Networks that read text lines shrink their maps in height alone.
  const stride = strides?.kind === 'ints' ? Math.max(1, ...strides.value) : 1;
  const last = view.shapeOf(node.outputs[0]!)?.at(-1);
  // A pooling down to one place is the end of the maps, not a scale of them.
  return node.op === 'AveragePool' && last === 1 ? 1 : stride;
}
