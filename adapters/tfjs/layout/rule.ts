import type { Attributes, Node, Shape } from '../../../core/graph/index.ts';
import type { Permutation } from './permutation.ts';

/**
 * A node some of whose inputs are Transposes that are put off. A value is told by its shape in the graph as it was; its
 * `source` is the same value with its axes in another order: value = Transpose(source, perm).
 */
export interface Site {
  readonly node: Node;
  /** Operator set version of the node's domain. */
  readonly opset: number;
  /** Shape of input i in the graph as it was; undefined where it is left out or not known. */
  shape(i: number): Shape | undefined;
  /** Shape of output i in the graph as it was. */
  outputShape(i: number): Shape | undefined;
  /** Of the Transpose that is put off for input i. */
  perm(i: number): Permutation | undefined;
  /** The integers of input i where it is a constant; undefined as well where it is left out. */
  known(i: number): readonly number[] | undefined;
  /** Name of input i in the order of axes whose Transpose by `perm` it is. Broadcast inputs may have fewer axes. */
  source(i: number, perm: Permutation): string;
  /** Name of an int64 constant. */
  integers(values: readonly number[]): string;
  /** Name of input i as it was. */
  input(i: number): string;
}

/** The node as it works on its inputs' sources. */
export interface Moved {
  readonly op?: string;
  readonly inputs: readonly string[];
  readonly attributes?: Attributes;
  /** For each output: the Transpose that makes the old output of the new one; undefined where they are the same. */
  readonly perms: readonly (Permutation | undefined)[];
}

/** Says how a node works on other orders of axes; undefined where it needs its inputs as they are. */
export type LayoutRule = (site: Site) => Moved | undefined;

/** By `<domain>:<op>`; ONNX's own domain is ''. */
export type LayoutRules = ReadonlyMap<string, LayoutRule>;

/** The first Transpose that is put off among the inputs. */
export function firstPerm(site: Site): Permutation | undefined {
  for (let i = 0; i < site.node.inputs.length; i++) {
    const perm = site.perm(i);
    if (perm) return perm;
  }
  return undefined;
}

/** An axis of a value as the axis of its source. */
export const sourceAxis = (axis: number, perm: Permutation): number =>
  perm[axis < 0 ? axis + perm.length : axis]!;
