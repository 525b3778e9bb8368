import { MarnetError } from '../errors.ts';
import {
  floatAttribute,
  type GraphBuilder,
  intAttribute,
  intsAttribute,
  type Node,
  stringAttribute,
  type Value,
} from '../graph/index.ts';

/** What the lowered graph will run on: any runtime and GPU, or onnxruntime on an x86 or ARM CPU. */
export type Target = 'portable' | 'cpu';

/** One gradient op about to be replaced. */
export interface Site {
  readonly builder: GraphBuilder;
  readonly target: Target;
  readonly node: Node;
  /** The op's inputs, as they are called in the graph under construction. */
  readonly inputs: readonly Value[];
}

/** Emits the plain ONNX that stands for a gradient op; returns the op's outputs in order. */
export type Lowering = (site: Site) => readonly Value[];

/** Lowerings by the name of the op. */
export type Lowerings = Readonly<Record<string, Lowering>>;

/** Input `i` of the op. */
export function input(site: Site, i: number): Value {
  return site.inputs[i] ?? missing(site.node, `input ${i}`);
}

export function intOf(node: Node, name: string): number {
  return intAttribute(node, name, undefined) ?? missing(node, `attribute "${name}"`);
}

export function intsOf(node: Node, name: string): readonly number[] {
  return intsAttribute(node, name, undefined) ?? missing(node, `attribute "${name}"`);
}

export function floatOf(node: Node, name: string): number {
  return floatAttribute(node, name, undefined) ?? missing(node, `attribute "${name}"`);
}

export function stringOf(node: Node, name: string): string {
  return stringAttribute(node, name, undefined) ?? missing(node, `attribute "${name}"`);
}

function missing(node: Node, what: string): never {
  throw new MarnetError('internal', `gradient op ${node.op} ("${node.name}") lacks ${what}`);
}

/** The shape of a value whose sizes are all fixed, as they are in every training graph. */
export function fixedShape(value: Value): readonly number[] {
  const open = value.shape.find((d) => typeof d !== 'number');
  if (open !== undefined)
    throw new MarnetError(
      'internal',
      `value "${value.name}" of a training graph has the open size "${open}"`,
    );
  return value.shape as readonly number[];
}
