import { GRAD_DOMAIN } from '../grad/ops.ts';
import { floatAttribute, type Graph, type Node, toNumbers, usesOf } from '../graph/index.ts';

/**
 * min < x < max holds for x exactly when it holds for Clip(x): the gradient can read the output of Clip, and the
 * input need not be kept (nor exist, where the clip is part of a convolution).
 */
export function readClipOutputs(graph: Graph): Graph {
  const uses = usesOf(graph);
  const bound = (node: Node, i: number): number | undefined => {
    const constant = graph.constants.get(node.inputs[i] ?? '');
    return constant ? toNumbers(constant.read())[0] : undefined;
  };
  const result = graph.clone();
  result.nodes = graph.nodes.map((node) => {
    if (node.domain !== GRAD_DOMAIN || node.op !== 'ClipGradient') return node;
    const [x, dy] = [node.inputs[0]!, node.inputs[1]!];
    const clip = uses
      .consumers(x)
      .find(
        (n) =>
          n.op === 'Clip' &&
          n.domain === '' &&
          n.inputs[0] === x &&
          bound(n, 1) === floatAttribute(node, 'min', undefined) &&
          bound(n, 2) === floatAttribute(node, 'max', undefined),
      );
    return clip ? { ...node, inputs: [clip.outputs[0]!, dy] } : node;
  });
  return result;
}
