import type { Attributes, DType, Graph, Node, Shape, Tensor } from '../../graph/index.ts';

/** How the nodes of one op are written in operator set 21 when the graph is of an older, or a newer, one. */
export interface UpgradeRule {
  readonly ops: readonly string[];
  /** Applies to graphs of an operator set below this. */
  readonly below?: number;
  /** Applies to graphs of an operator set above this. */
  readonly above?: number;
  /** Whether a node has the form of the graph's own operator set at all; all of them unless told. */
  readonly applies?: (node: Node) => boolean;
  /** Emits what stands for the node; its outputs keep their names. */
  rewrite(node: Node, to: Emitter): void;
}

export interface Emitter {
  /** The graph before the upgrade. */
  readonly graph: Graph;
  shape(value: string): Shape | undefined;
  dtype(value: string): DType | undefined;
  /** The elements of a value that is known before any run. */
  known(value: string): Tensor | undefined;
  /** A new constant's name. */
  constant(tensor: Tensor): string;
  /** A node with one output, whose name is returned; a new name unless given. */
  op(op: string, inputs: readonly string[], attributes?: Attributes, output?: string): string;
  emit(node: Node): void;
  /** @throws MarnetError 'unsupported-model' naming the node. */
  refuse(node: Node, why: string): never;
}

export function without(attributes: Attributes, ...names: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));
}
