/** A node as its translation sees it. */
import { MarnetError } from '../../../core/errors.ts';
import type { GraphBuilder, Tensor, Value } from '../../../core/graph/index.ts';
import type { NodeAttributes } from './attributes.ts';
import type { GraphNode } from './graph-def.ts';
import type { Operand } from './operand.ts';
import { isClosed, type Size } from './sizes.ts';

/**
 * Emits ONNX ops for a node with the operation's builder.
 * @returns the node's outputs: values that were made, or an operand that stands for an output as it is.
 */
export type Translation = (operation: Operation) => Value | Operand | readonly (Value | Operand)[];

/** Translations of a graph-model's ops, by TensorFlow's names of them: `{ Conv2D: (operation) => ... }`. */
export type Translations = Readonly<Record<string, Translation>>;

/**
 * One node of a TensorFlow.js graph-model, as its translation sees it: inputs with their types, attributes,
 * a builder.
 */
export class Operation {
  readonly node: GraphNode;
  readonly builder: GraphBuilder;
  readonly inputs: readonly Operand[];

  constructor(node: GraphNode, builder: GraphBuilder, inputs: readonly Operand[]) {
    this.node = node;
    this.builder = builder;
    this.inputs = inputs;
  }

  /** The node's attributes, read by type. */
  get attributes(): NodeAttributes {
    return this.node.attributes;
  }

  /** Input i. @throws MarnetError 'not-a-model' where the node has fewer. */
  operand(i: number): Operand {
    const operand = this.inputs[i];
    if (operand) return operand;
    throw new MarnetError(
      'not-a-model',
      `${this.label} has ${this.inputs.length} inputs, and lacks input ${i}`,
      {
        hint: 'The model.json is damaged: convert the model again.',
      },
    );
  }

  /** Input i as a value of the graph. */
  x(i = 0): Value {
    return this.operand(i).value();
  }

  /** The elements of input i. @throws MarnetError 'unsupported-model' where they are not known. */
  tensor(i: number): Tensor {
    return this.operand(i).tensor ?? this.fail(`needs input ${i} ("${this.#reference(i)}") to be a constant`);
  }

  /** Sizes or axes that input i lists. */
  sizes(i: number): readonly Size[] {
    const array = this.operand(i).array;
    return array?.data ?? this.fail(`needs input ${i} ("${this.#reference(i)}") to be known before a run`);
  }

  /** As `sizes`, none of them open. */
  ints(i: number): readonly number[] {
    const sizes = this.sizes(i);
    if (isClosed(sizes)) return sizes;
    return this.fail(
      `needs input ${i} ("${this.#reference(i)}") to be known before a run, and it depends on the batch`,
    );
  }

  /** One number. */
  number(i: number): number {
    return this.ints(i)[0] ?? this.fail(`needs a number as input ${i}, and it is empty`);
  }

  /** The node in words, for messages: op and name. */
  get label(): string {
    return `${this.node.op} "${this.node.name}"`;
  }

  /** @throws MarnetError 'unsupported-model' that names the node and says why. */
  fail(
    why: string,
    hint = 'Simplify the model before it is converted (fixed sizes, inference mode), or supply a translation of your own for this op.',
  ): never {
    throw new MarnetError('unsupported-model', `${this.label} ${why}`, { hint });
  }

  #reference(i: number): string {
    return this.node.inputs[i]?.node ?? '';
  }
}

/** Axes counted from the front. */
export function normalAxes(axes: readonly number[], rank: number): number[] {
  return axes.map((axis) => (axis < 0 ? axis + rank : axis));
}
