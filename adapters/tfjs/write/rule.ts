import type { Dim, DType, Node, Tensor } from '../../../core/graph/index.ts';
import type { Permutation } from './permutation.ts';
import type { Form, Source } from './source.ts';
import type { TfDType, TfGraphBuilder, TfValue } from './tf-builder.ts';

/** What a rule knows of one ONNX node of operator set 21. */
export interface Site {
  readonly node: Node;
  readonly tf: TfGraphBuilder;
  /** Whether input i is given. */
  has(i: number): boolean;
  source(i: number): Source;
  rank(i: number): number;
  /** Sizes of input i; names where a run decides them, but see `batch`. */
  dims(i: number): readonly Dim[];
  /** Sizes of input i, all known: the batch counts as known, see `isBatch`. */
  shape(i: number): readonly number[];
  outDims(k?: number): readonly Dim[];
  outShape(k?: number): readonly number[];
  outDType(k?: number): DType;
  /** The type of output k in TensorFlow.js. */
  outType(k?: number): TfDType;
  /** Whether a size stands for one that grows with the batch. */
  isBatch(size: Dim): boolean;
  /** Input i with its axes in their own order. */
  natural(i: number): TfValue;
  /** Input i with its axes in another order. */
  as(i: number, perm: Permutation): TfValue;
  /** Input i with its axes in another order and, before that, axes of size 1 put in front up to a rank. */
  spread(i: number, rank: number, perm: Permutation): TfValue;
  /** The order of axes in which input i was made. */
  order(i: number): Permutation;
  /** The tensor behind input i where it is known before any run. */
  tensor(i: number): Tensor | undefined;
  /** The elements of input i where they are known before any run. */
  known(i: number): readonly number[] | undefined;
  /** As `known`. @throws MarnetError 'unsupported-model' where they are not. */
  require(i: number, what: string): readonly number[];
  /** `axis` or, where it is negative, counted from the end. */
  axis(axis: number, rank: number): number;
  /** An int32 vector of sizes; those that grow with the batch are computed. */
  sizes(dims: readonly Dim[]): TfValue;
  /** The value with other sizes; at most one of them may be open, or -1. */
  reshape(value: TfValue, dims: readonly Dim[]): TfValue;
  transpose(value: TfValue, perm: Permutation): TfValue;
  /** Output k, held with its axes in their own order. */
  plain(value: TfValue, k?: number): Form[];
  /** The error to throw for a node that cannot be translated; `why` completes "…: ". */
  unsupported(why: string): Error;
}

/** Translates one ONNX op: for each output of the node, the values that hold it. */
export type Rule = (site: Site) => readonly (readonly Form[])[];

export type Rules = Readonly<Record<string, Rule>>;
