import { type Attribute, type Graph, type Node, readsOf, sizeOf, type Tensor } from '../../graph/index.ts';
import { rewrite } from '../rewrite.ts';

/** Constants up to this many elements are compared by value. */
const SMALL = 1024;

/** Ops that give something else each time they run. */
const RANDOM = /^(Random|Bernoulli|Multinomial|Dropout$)/;

/** Nodes that compute the same from the same are computed once, and equal small constants are one. */
export function mergeCommon(graph: Graph): Graph {
  const firstConstant = new Map<string, string>();
  const sameConstant = new Map<string, string>();
  for (const [name, constant] of graph.constants) {
    if (sizeOf(constant.dims) > SMALL) continue;
    const key = tensorKey(constant.read());
    const first = firstConstant.get(key);
    if (first === undefined) firstConstant.set(key, name);
    else sameConstant.set(name, first);
  }
  const seen = new Map<string, readonly string[]>();
  return rewrite(graph, 'common/', (node, { builder }) => {
    const inputs = node.inputs.map((name) => sameConstant.get(name) ?? name);
    const key = nodeKey({ ...node, inputs });
    const merged = key === undefined ? undefined : seen.get(key);
    if (merged) return merged.map((name, i) => ({ ...builder.value(node.outputs[i]!), name }));
    if (key !== undefined && node.outputs.every((name) => knownType(graph, name)))
      seen.set(key, node.outputs);
    if (inputs.every((name, i) => name === node.inputs[i])) return undefined;
    builder.graph.nodes.push({ ...node, inputs });
    return [];
  });
}

const knownType = (graph: Graph, name: string): boolean => graph.typeOf(name)?.shape !== undefined;

/** Equal for nodes that compute the same; undefined where that cannot be told. */
function nodeKey(node: Node): string | undefined {
  if (RANDOM.test(node.op) || node.op === 'Identity') return undefined;
  if (readsOf(node).length > node.inputs.length) return undefined;
  const attributes: string[] = [];
  for (const name of Object.keys(node.attributes).sort()) {
    const key = attributeKey(node.attributes[name]!);
    if (key === undefined) return undefined;
    attributes.push(`${name}=${key}`);
  }
  return JSON.stringify([node.domain, node.op, node.outputs.length, node.inputs, attributes]);
}

function attributeKey(attribute: Attribute): string | undefined {
  if (attribute.kind === 'graph' || attribute.kind === 'opaque') return undefined;
  if (attribute.kind !== 'tensor') return `${attribute.kind}:${JSON.stringify(attribute.value)}`;
  return sizeOf(attribute.value.dims) > SMALL ? undefined : tensorKey(attribute.value);
}

function tensorKey(tensor: Tensor): string {
  const text = (value: unknown): string => (Object.is(value, -0) ? '-0' : String(value));
  return `${tensor.dtype}[${tensor.dims}]${Array.from(tensor.data as ArrayLike<unknown>, text).join()}`;
}
