/** Ways around kernels of a device that run, but compute something else than the op says. */
import {
  type Graph,
  GraphBuilder,
  int64,
  intAttribute,
  ints,
  type Node,
  type Shape,
  str,
} from '../../graph/index.ts';
import { type Device, kindOf } from './name.ts';

/**
 * The graph in a form that the device computes right; itself where it does already.
 *
 * onnxruntime-node 1.30's Conv on WebGPU is wrong where the input has 6, 9, 15, 18, … channels (a multiple of 3 above it
 * that is none of 4), is of one group and makes a multiple of 4 channels; measured beside the CPU over channels, kernels,
 * strides and dilations. The gradient of a convolution's weights has the images of the batch as channels, so that batches of
 * 6 or 18 images are of these. Such a Conv is given channels of zeros, up to a multiple of 4.
 */
export function mendFor(device: Device, graph: Graph): Graph {
  if (kindOf(device) !== 'webgpu' || !graph.nodes.some((node) => isWrong(graph, node))) return graph;
  const mended = graph.clone();
  const b = new GraphBuilder(mended);
  mended.nodes = graph.nodes.flatMap((node) => (isWrong(graph, node) ? widened(b, node) : [node]));
  return mended;
}

/** C of the weights [M, C / group, …]. */
function channelsOf(graph: Graph, node: Node): number | undefined {
  const channels = graph.typeOf(node.inputs[1]!)?.shape?.[1];
  return typeof channels === 'number' ? channels : undefined;
}

function isWrong(graph: Graph, node: Node): boolean {
  if (node.op !== 'Conv' || node.domain !== '' || intAttribute(node, 'group') !== 1) return false;
  const channels = channelsOf(graph, node);
  const made = graph.typeOf(node.inputs[1]!)?.shape?.[0];
  if (channels === undefined || typeof made !== 'number') return false;
  return channels > 3 && channels % 3 === 0 && channels % 4 !== 0 && made % 4 === 0;
}

/** The Conv, and before it a Pad of its input and one of its weights. */
function widened(b: GraphBuilder, node: Node): Node[] {
  const { graph } = b;
  const [x, w, ...rest] = node.inputs as [string, string, ...string[]];
  const more = 4 - (channelsOf(graph, node)! % 4);
  const rank = graph.typeOf(w)!.shape!.length;
  const pads = Array.from({ length: 2 * rank }, (_, i) => (i === rank + 1 ? more : 0));
  const pad = (input: string): Node => {
    const output = b.uniqueName(`${input}/padded`);
    const type = graph.typeOf(input);
    if (type) graph.types.set(output, { ...type, shape: type.shape && longer(type.shape, more) });
    const known = { op: 'Pad', domain: '', name: output, outputs: [output] };
    return graph.opset < 11
      ? { ...known, inputs: [input], attributes: { pads: ints(pads), mode: str('constant') } }
      : { ...known, inputs: [input, b.constant(int64(pads)).name], attributes: {} };
  };
  const [image, weights] = [pad(x), pad(w)];
  return [image, weights, { ...node, inputs: [image.outputs[0]!, weights.outputs[0]!, ...rest] }];
}

function longer(shape: Shape, more: number): Shape {
  return shape.map((dim, axis) => (axis === 1 && typeof dim === 'number' ? dim + more : dim));
}
