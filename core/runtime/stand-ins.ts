/**
 * Nodes in place of those of which onnxruntime infers no shape, or has no kernel on CPUs, for inference alone: they take the
 * same inputs, and give results of the same types.
 */
import {
  attributesOf,
  DTYPE_NUMBER,
  type Graph,
  int,
  ints,
  type Node,
  type ValueInfo,
} from '../graph/index.ts';

/** The domain of onnxruntime's own ops. */
const MICROSOFT = 'com.microsoft';

interface StandIn {
  readonly nodes: readonly Node[];
  /** What they read that the graph does not have. */
  readonly inputs?: readonly ValueInfo[];
}

/** Undefined where nothing can stand in. */
type MakeStandIn = (graph: Graph, node: Node) => StandIn | undefined;

/** Of ops that onnxruntime has kernels of on GPUs alone, all of com.microsoft. */
const WITHOUT_KERNEL: Readonly<Record<string, MakeStandIn>> = {
  GroupNorm: sameAsFirst,
  SkipGroupNorm: sameAsFirst,
  BiasAdd: sameAsFirst,
  BiasSplitGelu: firstHalf,
  NhwcConv: transposedConv,
};

/** Whether onnxruntime has no kernel of the node on CPUs, so that only what it is composed of can be run there. */
export function lacksKernel({ op, domain }: Node): boolean {
  return domain === MICROSOFT && Object.hasOwn(WITHOUT_KERNEL, op);
}

/** By domain and op. */
const WITHOUT_SHAPE: Readonly<Record<string, MakeStandIn>> = {
  'ai.onnx.ml:Scaler': asFloat32,
  'ai.onnx.ml:Normalizer': asFloat32,
  ':MeanVarianceNormalization': sameAsFirst,
  'com.microsoft:Pad': standardPad,
  'com.microsoft:Attention': biasedAttention,
};

/** Puts stand-ins where there are some; changes the graph in place. */
export function standIn(graph: Graph): void {
  graph.nodes = graph.nodes.flatMap((node) => {
    const make = lacksKernel(node) ? WITHOUT_KERNEL[node.op] : WITHOUT_SHAPE[`${node.domain}:${node.op}`];
    const found = make?.(graph, node);
    graph.inputs.push(...(found?.inputs ?? []));
    return found?.nodes ?? node;
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
  return { nodes: [standard(node, 'Cast', { to: int(DTYPE_NUMBER.float32) })] };
}

/** Each output has the type of the first input. */
function sameAsFirst(_: Graph, node: Node): StandIn {
  const outputs = node.outputs.filter((name) => name !== '');
  return {
    nodes: outputs.map((name) => ({
      ...standard(node, 'Identity'),
      name,
      inputs: node.inputs.slice(0, 1),
      outputs: [name],
    })),
  };
}

function firstHalf(graph: Graph, node: Node): StandIn {
  const outputs = [node.outputs[0]!, `stand-in/rest-of/${node.outputs[0]}`];
  const count = graph.opset >= 18 ? { num_outputs: int(2) } : {};
  const split = standard(node, 'Split', { axis: int(-1), ...count });
  return { nodes: [{ ...split, inputs: node.inputs.slice(0, 1), outputs }] };
}

/** Of images with channels last. */
function transposedConv(_: Graph, node: Node): StandIn {
  const [x, ...weights] = node.inputs;
  const [y] = node.outputs as [string];
  const [first, made] = [`stand-in/input-of/${y}`, `stand-in/result-of/${y}`];
  const moved = (from: string, to: string, perm: readonly number[]): Node => ({
    ...standard(node, 'Transpose', { perm: ints(perm) }),
    name: to,
    inputs: [from],
    outputs: [to],
  });
  const conv = standard(node, 'Conv', attributesOf('Conv', node.attributes));
  return {
    nodes: [
      moved(x!, first, [0, 3, 1, 2]),
      { ...conv, inputs: [first, ...weights], outputs: [made] },
      moved(made, y, [0, 2, 3, 1]),
    ],
  };
}

/** Of pads [1, 2 * rank], which onnxruntime's own op takes too, and in older operator sets there is no standard form. */
function standardPad(graph: Graph, node: Node): StandIn | undefined {
  if (graph.opset < 11 || graph.typeOf(node.inputs[1] ?? '')?.shape?.length !== 1) return undefined;
  return { nodes: [standard(node, 'Pad', node.attributes)] };
}

/** onnxruntime reads the width off the bias, which may be left out: it is that of the weights [hidden, width]. */
function biasedAttention(graph: Graph, node: Node): StandIn | undefined {
  const [x, weights, bias, ...rest] = node.inputs;
  const type = graph.typeOf(weights ?? '');
  if (bias || !type?.shape) return undefined;
  const name = `stand-in/bias-of/${node.outputs[0]}`;
  return {
    nodes: [{ ...node, inputs: [x!, weights!, name, ...rest] }],
    inputs: [{ name, dtype: type.dtype, shape: type.shape.slice(1) }],
  };
}
