import {
  type GraphBuilder,
  intsAttribute,
  knownTensor,
  type Node,
  toNumbers,
  type Uses,
  type Value,
} from '../graph/index.ts';
import type { RuleContext } from './rule.ts';

export interface ContextParts {
  readonly builder: GraphBuilder;
  readonly uses: Uses;
  readonly node: Node;
  readonly outputGradients: readonly (Value | undefined)[];
  /** Names of the values that a gradient is wanted for. */
  readonly active: ReadonlySet<string>;
  readonly fail: (why: string, cause?: unknown) => Error;
}

/** What a rule sees of one node. */
export function createContext(parts: ContextParts): RuleContext {
  const { builder, uses, node, outputGradients, active, fail } = parts;
  const typed = (name: string): Value | undefined => {
    const type = name === '' ? undefined : builder.graph.typeOf(name);
    return type?.shape && { name, dtype: type.dtype, shape: type.shape };
  };
  const inputs = node.inputs.map(typed);
  const outputs = node.outputs.map(typed);
  const required = (value: Value | undefined, what: string): Value => {
    if (!value) throw fail(`its ${what} is left out or of unknown type`);
    return value;
  };
  const known = (i: number) =>
    node.inputs[i] ? knownTensor(builder.graph, uses, node.inputs[i]) : undefined;
  return {
    builder,
    node,
    inputs,
    outputs,
    outputGradients,
    input: (i) => required(inputs[i], `input ${i}`),
    shape: (i) =>
      required(inputs[i], `input ${i}`).shape.map((dim) => {
        if (typeof dim !== 'number') throw fail(`its input ${i} has the open dimension "${dim}"`);
        return dim;
      }),
    get y() {
      return required(outputs[0], 'output 0');
    },
    get dy() {
      return required(outputGradients[0], 'output 0 (the one that a gradient exists for)');
    },
    needs: (i) => active.has(node.inputs[i] ?? ''),
    known,
    integers: (name, i) => {
      const attribute = intsAttribute(node, name, undefined);
      if (attribute || !node.inputs[i]) return attribute;
      const tensor = known(i);
      if (!tensor) throw fail(`its ${name} (input ${i}) are known only when it runs`);
      return toNumbers(tensor);
    },
    unsupported: (why) => fail(why),
  };
}
