import type { GraphBuilder, Value } from '../../../core/graph/index.ts';

/**
 * The value under the name that the model has for it: the node that was emitted last is made to give it, or an Identity
 * where the value is an older one. Reserve the model's names first (`builder.uniqueName(name)` on each), so that no
 * value without a name of its own takes one of them.
 * @throws RangeError when another value has the name.
 */
export function named(b: GraphBuilder, value: Value, name: string): Value {
  if (value.name === name) return value;
  const { graph } = b;
  if (graph.typeOf(name)) throw new RangeError(`two values are named "${name}"`);
  b.uniqueName(name);
  const last = graph.nodes.at(-1);
  const isOutput = graph.outputs.some((output) => output.name === value.name);
  if (last?.outputs.length !== 1 || last.outputs[0] !== value.name || isOutput)
    return b.op('Identity', [value], {}, { names: [name] });
  graph.nodes[graph.nodes.length - 1] = { ...last, name, outputs: [name] };
  graph.types.delete(value.name);
  graph.types.set(name, { dtype: value.dtype, shape: value.shape });
  return { ...value, name };
}
