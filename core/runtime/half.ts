import {
  type Attribute,
  type Constant,
  DTYPE_NUMBER,
  type DType,
  type Graph,
  int,
  intAttribute,
  type Node,
  type Tensor,
  toFloat32,
} from '../graph/index.ts';

const isHalf = (dtype: DType): boolean => dtype === 'float16' || dtype === 'bfloat16';
const widened = (dtype: DType): DType => (isHalf(dtype) ? 'float32' : dtype);

/**
 * The graph computed in float32 where the model says float16 or bfloat16 (changed in place). Training steps need it:
 * updates smaller than the spacing of 16-bit numbers would be lost. Weights go back to 16 bits on export.
 */
export function widenHalf(graph: Graph): Graph {
  graph.inputs = graph.inputs.map((input) => ({ ...input, dtype: widened(input.dtype) }));
  graph.outputs = graph.outputs.map((output) => ({ ...output, dtype: widened(output.dtype) }));
  for (const [name, type] of graph.types) graph.types.set(name, { ...type, dtype: widened(type.dtype) });
  for (const [name, constant] of graph.constants)
    if (isHalf(constant.dtype)) graph.constants.set(name, widenConstant(constant));
  graph.nodes = graph.nodes.map(widenNode);
  return graph;
}

function widenConstant(constant: Constant): Constant {
  return { dtype: 'float32', dims: constant.dims, read: () => widenTensor(constant.read()) };
}

function widenTensor(tensor: Tensor): Tensor {
  return isHalf(tensor.dtype) ? { dtype: 'float32', dims: tensor.dims, data: toFloat32(tensor) } : tensor;
}

function widenNode(node: Node): Node {
  if (node.op === 'Cast') {
    const to = intAttribute(node, 'to');
    if (to !== DTYPE_NUMBER.float16 && to !== DTYPE_NUMBER.bfloat16) return node;
    return { ...node, attributes: { ...node.attributes, to: int(DTYPE_NUMBER.float32) } };
  }
  let changed = false;
  const attributes: Record<string, Attribute> = {};
  for (const [name, attribute] of Object.entries(node.attributes)) {
    const half = attribute.kind === 'tensor' && isHalf(attribute.value.dtype);
    attributes[name] = half ? { kind: 'tensor', value: widenTensor(attribute.value) } : attribute;
    changed ||= half;
  }
  return changed ? { ...node, attributes } : node;
}
