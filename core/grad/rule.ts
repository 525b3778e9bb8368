import type { GraphBuilder, Node, Tensor, Value } from '../graph/index.ts';

/**
 * The gradient with respect to one input: a value, or how to make it when it is needed. It may have the shape of the
 * output where the input was broadcast; the engine sums it down to the input's shape. Undefined: this input carries
 * no gradient (indices, a Dropout ratio, frozen statistics).
 */
export type InputGradient = Value | undefined | (() => Value | undefined);

/** What is known of one node. */
export interface NodeContext {
  /** Appends to the graph that is being differentiated. */
  readonly builder: GraphBuilder;
  readonly node: Node;
  /** The node's inputs with their types; undefined where one is left out. */
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly (Value | undefined)[];
  /** Input i, which the op cannot do without. */
  input(i: number): Value;
  /** Sizes of input i along each axis. All shapes are fixed during differentiation. */
  shape(i: number): readonly number[];
  /** Whether anything reads output i. */
  isRead(i: number): boolean;
  /** The tensor behind input i when it is known before any run. */
  known(i: number): Tensor | undefined;
  /** A list of integers that is attribute `name` in some operator sets and input i in others. */
  integers(name: string, i: number): readonly number[] | undefined;
  /** The error to throw when the rule cannot handle this node; `why` completes "… because …". */
  unsupported(why: string): Error;
}

export interface RuleContext extends NodeContext {
  /** The gradient of each output; undefined where the output does not reach the loss. At least one is there. */
  readonly outputGradients: readonly (Value | undefined)[];
  /** Output 0 and its gradient. */
  readonly y: Value;
  readonly dy: Value;
  /** Whether the gradient with respect to input i is wanted. */
  needs(i: number): boolean;
}

interface OpRule {
  readonly op: string;
  /** '' (ai.onnx) unless told. */
  readonly domain?: string;
  /** What of the op is not covered, as a sentence; nothing unless told. */
  readonly limits?: string;
}

/** An op whose gradient is written out. */
export interface DifferentiationRule extends OpRule {
  /** One entry an input, in order; missing ones count as undefined. 'none': the op carries no gradient at all. */
  readonly gradient: 'none' | ((c: RuleContext) => readonly InputGradient[]);
  /**
   * How many of the op's outputs the rule takes gradients of; the first alone unless told. Differentiation stops with an
   * error where another floating output reaches the loss.
   */
  readonly outputs?: number;
  readonly decompose?: undefined;
  readonly unsupported?: undefined;
}

/** An op that is written in other ops, which have rules, before anything is differentiated. */
export interface DecompositionRule extends OpRule {
  /** What it becomes, as a formula for the reader. */
  readonly form: string;
  /** Values that stand for the node's outputs, in order; undefined for an output that cannot be had this way. */
  readonly decompose: (c: NodeContext) => readonly (Value | undefined)[];
  readonly gradient?: undefined;
  readonly unsupported?: undefined;
}

/** An op that has a gradient, or might have one, which is not available here. */
export interface UnsupportedRule extends OpRule {
  /** Why, to complete "cannot be differentiated: …". */
  readonly unsupported: string;
  readonly gradient?: undefined;
  readonly decompose?: undefined;
}

/** What differentiation does with an op. */
export type GradientRule = DifferentiationRule | DecompositionRule | UnsupportedRule;
