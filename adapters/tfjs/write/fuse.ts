/**
 * Bias and activation into the convolution or matrix product before them, which TensorFlow.js computes in one go:
 *   BiasAdd(Conv2D(x, w), b)           _FusedConv2D(x, w, b), likewise depthwise and MatMul
 *   AddV2(Reshape(MatMul(x, w)), b)    Reshape(_FusedMatMul(x, w, b))
 *   Relu(_Fused…)                      _Fused… with fused_ops [BiasAdd, Relu]
 */
import {
  type Attributes,
  float,
  floatAttribute,
  type Graph,
  int,
  intAttribute,
  type Node,
  removeDead,
  toNumbers,
  usesOf,
} from '../../../core/graph/index.ts';
import { TF_DOMAIN } from './tf-builder.ts';

const FUSED: Readonly<Record<string, string>> = {
  Conv2D: '_FusedConv2D',
  DepthwiseConv2dNative: 'FusedDepthwiseConv2dNative',
  MatMul: '_FusedMatMul',
};
const FUSED_OPS = new Set(Object.values(FUSED));

/** What every backend computes along with a convolution or a product. */
const ACTIVATIONS = new Set(['Relu', 'Relu6', 'Elu', 'Sigmoid', 'LeakyRelu']);

const strings = (value: readonly string[]): Attributes[string] => ({ kind: 'strings', value });

/** The graph with fewer nodes; names of inputs and outputs stay. */
export function fuse(graph: Graph): Graph {
  return removeDead(fuseActivations(removeDead(fuseBiases(graph))));
}

/** Nodes that only one other reads, and that make no output. */
function singleReaders(graph: Graph) {
  const uses = usesOf(graph);
  const outputs = new Set(graph.outputs.map((output) => output.name));
  return (name: string): Node | undefined => {
    const producer = uses.producer(name);
    const isOwn = uses.consumers(name).length === 1 && !outputs.has(name);
    return isOwn && producer?.domain === TF_DOMAIN ? producer : undefined;
  };
}

function fuseBiases(graph: Graph): Graph {
  const only = singleReaders(graph);
  const isVector = (name: string): boolean => graph.constants.get(name)?.dims.length === 1;
  graph.nodes = graph.nodes.flatMap((node) => {
    if (node.op !== 'BiasAdd' && node.op !== 'AddV2') return [node];
    const bias = node.inputs.find(isVector);
    const value = node.inputs.find((name) => name !== bias);
    if (bias === undefined || value === undefined) return [node];
    const producer = only(value);
    const reshape = producer?.op === 'Reshape' ? producer : undefined;
    const made = reshape ? only(reshape.inputs[0]!) : producer;
    const op = made && FUSED[made.op];
    if (!made || !op) return [node];
    const width = graph.constants.get(bias)!.dims[0]!;
    if (widthOf(graph, made) !== width || (reshape && lastOf(graph, reshape) !== width)) return [node];
    const fused: Node = {
      ...made,
      op,
      name: reshape ? made.name : node.name,
      inputs: [...made.inputs, bias],
      outputs: reshape ? made.outputs : node.outputs,
      attributes: { ...made.attributes, num_args: int(1), fused_ops: strings(['BiasAdd']) },
    };
    // In the place of the sum: everything that it reads stands before.
    return reshape ? [fused, { ...reshape, name: node.name, outputs: node.outputs }] : [fused];
  });
  return dropShadowed(graph);
}

/** Filters of a convolution, columns of a product; undefined where it cannot be fused. */
function widthOf(graph: Graph, node: Node): number | undefined {
  const dims = graph.constants.get(node.inputs[1]!)?.dims;
  if (!dims) return undefined;
  // The wasm backend (4.22) computes fused products of transposed matrices wrongly.
  if (intAttribute(node, 'transpose_a', 0) === 1 || intAttribute(node, 'transpose_b', 0) === 1)
    return undefined;
  return node.op === 'DepthwiseConv2dNative' ? dims[2]! * dims[3]! : dims.at(-1);
}

function lastOf(graph: Graph, reshape: Node): number | undefined {
  const shape = graph.constants.get(reshape.inputs[1]!);
  return shape && toNumbers(shape.read()).at(-1);
}

/** TensorFlow's own default; ONNX's op has another one. */
const LEAK = 0.2;

function fuseActivations(graph: Graph): Graph {
  const only = singleReaders(graph);
  graph.nodes = graph.nodes.map((node) => {
    const producer = ACTIVATIONS.has(node.op) ? only(node.inputs[0]!) : undefined;
    if (!producer || !FUSED_OPS.has(producer.op)) return node;
    const alpha =
      node.op === 'LeakyRelu'
        ? { leakyrelu_alpha: float(floatAttribute(node, 'alpha', undefined) ?? LEAK) }
        : {};
    return {
      ...producer,
      name: node.name,
      outputs: node.outputs,
      attributes: { ...producer.attributes, ...alpha, fused_ops: strings(['BiasAdd', node.op]) },
    };
  });
  return graph;
}

/** A node that was rewritten in a later place is left in the first too: the later one is right. */
function dropShadowed(graph: Graph): Graph {
  const last = new Map(graph.nodes.map((node) => [node.name, node]));
  graph.nodes = graph.nodes.filter((node) => last.get(node.name) === node);
  return graph;
}
