import {
  type GraphBuilder,
  intsAttribute,
  knownTensor,
  type Node,
  toNumbers,
  type Uses,
  type Value,
} from '../graph/index.ts';
import type { NodeContext, RuleContext } from './rule.ts';

export interface NodeContextParts {
  readonly builder: GraphBuilder;
  readonly uses: Uses;
  readonly node: Node;
  readonly fail: (why: string, cause?: unknown) => Error;
}

export interface RuleContextParts extends NodeContextParts {
  readonly outputGradients: readonly (Value | undefined)[];
  /** Names of the values that a gradient is wanted for. */
  readonly active: ReadonlySet<string>;
}

/** What a decomposition sees of one node. */
export function createNodeContext({ builder, uses, node, fail }: NodeContextParts): NodeContext {
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
    input: (i) => required(inputs[i], `input ${i}`),
    shape: (i) =>
      required(inputs[i], `input ${i}`).shape.map((dim) => {
        if (typeof dim !== 'number') throw fail(`its input ${i} has the open dimension "${dim}"`);
        return dim;
      }),
    isRead(i) {
      const name = node.outputs[i] ?? '';
      if (name === '') return false;
      return uses.consumers(name).length > 0 || builder.graph.outputs.some((output) => output.name === name);
    },
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

/** What a gradient rule sees of one node. */
export function createRuleContext(parts: RuleContextParts): RuleContext {
  const { node, outputGradients, active, fail } = parts;
  const context = createNodeContext(parts);
  return {
    ...context,
    outputGradients,
    get y() {
      const y = context.outputs[0];
      if (!y) throw fail('its output 0 is left out or of unknown type');
      return y;
    },
    get dy() {
      const [dy] = outputGradients;
      if (!dy) throw fail('of its outputs, one without a gradient reaches the loss');
      return dy;
    },
    needs: (i) => active.has(node.inputs[i] ?? ''),
  };
}
