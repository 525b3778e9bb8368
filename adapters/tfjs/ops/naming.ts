import type { GraphBuilder, Value } from '../../../core/graph/index.ts';

/**
 * The value under the name that the model has for it: the node that was emitted last is made to give it, or an Identity
 * where the value is an older one.
 * @throws RangeError when another value has the name.
 */
export function named(b: GraphBuilder, value: Value, name: string): Value {
  if (value.name === name) return value;
  const { graph } = b;
  const last = graph.nodes.at(-1);
  const isOutput = graph.outputs.some((output) => output.name === value.name);
  if (last?.outputs.length !== 1 || last.outputs[0] !== value.name || isOutput)
    return b.op('Identity', [value], {}, { names: [claim(b, name)] });
  graph.nodes[graph.nodes.length - 1] = { ...last, name, outputs: [claim(b, name)] };
  graph.types.delete(value.name);
  graph.types.set(name, { dtype: value.dtype, shape: value.shape });
  return { ...value, name };
}

function claim(b: GraphBuilder, name: string): string {
  const unique = b.uniqueName(name);
  if (unique !== name) throw new RangeError(`two values are named "${name}"`);
  return name;
}
