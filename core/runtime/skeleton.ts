import protobuf from 'protobufjs/minimal.js';
import {
  type Constant,
  type DType,
  dtypeFromNumber,
  type Graph,
  intAttribute,
  type Node,
  sizeOf,
  type Tensor,
} from '../graph/index.ts';

/** Constants up to this many elements stay constants: shapes, axes, scalars and other things that decide types. */
const SMALL = 256;

/**
 * Turns constants into inputs of the graph (changed in place), whichever way the model holds them: as initializers or
 * as Constant nodes. What onnxruntime does not know it cannot fold, fuse or copy.
 * @param chosen which ones, by name.
 * @returns the constants that were turned, by name.
 */
export function liftConstants(
  graph: Graph,
  chosen: (name: string, constant: Constant) => boolean,
): Map<string, Constant> {
  const lifted = new Map<string, Constant>();
  for (const [name, constant] of graph.constants) if (chosen(name, constant)) lifted.set(name, constant);
  const kept: Node[] = [];
  for (const node of graph.nodes) {
    const tensor = constantNodeTensor(node);
    const constant = tensor && { dtype: tensor.dtype, dims: tensor.dims, read: () => tensor };
    if (constant && chosen(node.outputs[0]!, constant)) lifted.set(node.outputs[0]!, constant);
    else kept.push(node);
  }
  graph.nodes = kept;
  for (const [name, constant] of lifted) {
    graph.constants.delete(name);
    graph.inputs.push({ name, dtype: constant.dtype, shape: constant.dims });
  }
  return lifted;
}

/** Leaves a copy of the graph without its weights: every large constant is an input. A few KB for most models. */
export function skeletonOf(graph: Graph): Graph {
  const skeleton = graph.clone();
  liftConstants(
    skeleton,
    (_, { dtype, dims }) => dtype !== 'string' && !INTERNAL.has(dtype) && sizeOf(dims) > SMALL,
  );
  return skeleton;
}

/** Element types that onnxruntime computes with, but that its binding for Node has no tensors of. */
const INTERNAL: ReadonlySet<DType> = new Set([
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'float4e2m1',
  'complex64',
  'complex128',
]);

/**
 * Names of values that can be neither inputs nor outputs of a session, for their element type: the constants that have
 * it, what is cast to it, and what other nodes make of those.
 */
export function internalValues(graph: Graph): Set<string> {
  const found = new Set<string>();
  for (const [name, { dtype }] of graph.constants) if (INTERNAL.has(dtype)) found.add(name);
  for (const node of graph.nodes)
    if (isInternal(node, found)) for (const output of node.outputs) found.add(output);
  return found;
}

function isInternal(node: Node, found: ReadonlySet<string>): boolean {
  const of = (index: number): boolean => found.has(node.inputs[index] ?? '');
  switch (node.op) {
    case 'Constant':
      return INTERNAL.has(constantNodeTensor(node)?.dtype ?? 'float32');
    case 'Cast':
      return INTERNAL.has(dtypeFromNumber(intAttribute(node, 'to')) ?? 'float32');
    case 'CastLike':
    case 'DequantizeLinear':
      return of(1);
    case 'Shape':
    case 'Size':
      return false;
    default:
      return node.inputs.some((_, index) => of(index));
  }
}

export function constantNodeTensor(node: Node): Tensor | undefined {
  const value = node.op === 'Constant' && node.domain === '' ? node.attributes.value : undefined;
  return value?.kind === 'tensor' ? value.value : undefined;
}

/**
 * The model with more of its values as outputs. Their types need not be known: bytes appended to a protobuf message
 * are merged into it, so a second `graph { output { name } }` adds to the first, and onnxruntime infers the rest.
 */
export function exposeValues(model: Uint8Array, names: readonly string[]): Uint8Array {
  const graph = protobuf.Writer.create();
  for (const name of names)
    graph
      .uint32((12 << 3) | 2)
      .fork()
      .uint32((1 << 3) | 2)
      .string(name)
      .ldelim();
  const extra = protobuf.Writer.create()
    .uint32((7 << 3) | 2)
    .bytes(graph.finish())
    .finish();
  const bytes = new Uint8Array(model.length + extra.length);
  bytes.set(model);
  bytes.set(extra, model.length);
  return bytes;
}
