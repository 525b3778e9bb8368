/**
 * Nodes in place of those of which onnxruntime infers no shape, for inference alone: each takes the same inputs, and
 * gives results of the same types.
 */
import { DTYPE_NUMBER, type Graph, int, type Node, type ValueInfo } from '../graph/index.ts';

interface StandIn {
  readonly node: Node;
  /** What the node reads that the graph does not have. */
  readonly inputs?: readonly ValueInfo[];
}

/** By domain and op; undefined where nothing can stand in. */
const STAND_INS: Readonly<Record<string, (graph: Graph, node: Node) => StandIn | undefined>> = {
  'ai.onnx.ml:Scaler': asFloat32,
  'ai.onnx.ml:Normalizer': asFloat32,
  ':MeanVarianceNormalization': (_, node) => ({ node: standard(node, 'Identity') }),
  'com.microsoft:Pad': standardPad,
  'com.microsoft:Attention': biasedAttention,
};

/** Puts stand-ins where there are some; changes the graph in place. */
export function standIn(graph: Graph): void {
  graph.nodes = graph.nodes.map((node) => {
    const found = STAND_INS[`${node.domain}:${node.op}`]?.(graph, node);
    graph.inputs.push(...(found?.inputs ?? []));
    return found?.node ?? node;
  });
}

const standard = (node: Node, op: string, attributes: Node['attributes'] = {}): Node => ({
  ...node,
  op,
  domain: '',
  attributes,
});

/** Ops of classic machine learning give float32 of whatever they take. */
function asFloat32(_: Graph, node: Node): StandIn {
  return { node: standard(node, 'Cast', { to: int(DTYPE_NUMBER.float32) }) };
}

/** Of pads [1, 2 * rank], which onnxruntime's own op takes too, and in older operator sets there is no standard form. */
function standardPad(graph: Graph, node: Node): StandIn | undefined {
  if (graph.opset < 11 || graph.typeOf(node.inputs[1] ?? '')?.shape?.length !== 1) return undefined;
  return { node: standard(node, 'Pad', node.attributes) };
}

/** onnxruntime reads the width off the bias, which may be left out: it is that of the weights [hidden, width]. */
function biasedAttention(graph: Graph, node: Node): StandIn | undefined {
  const [x, weights, bias, ...rest] = node.inputs;
  const type = graph.typeOf(weights ?? '');
  if (bias || !type?.shape) return undefined;
  const name = `stand-in/bias-of/${node.outputs[0]}`;
  return {
    node: { ...node, inputs: [x!, weights!, name, ...rest] },
    inputs: [{ name, dtype: type.dtype, shape: type.shape.slice(1) }],
  };
}
