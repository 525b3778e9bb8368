import { type Graph, readsOf } from '../graph/index.ts';

/**
 * The graph with its nodes in such an order that onnxruntime runs those that nothing reads (gradients of weights) as
 * early as they stand in the list, so that what they read is given back early.
 *
 * onnxruntime takes such nodes from the last to the first, each preceded by what it still needs. In the order of
 * differentiation the first to run would be the gradient of the first layer, and before it the whole backward pass, with all
 * activations and all of their gradients kept for the gradients of weights that follow.
 */
export function inExecutionOrder(graph: Graph): Graph {
  const read = new Set(graph.nodes.flatMap(readsOf));
  const isLast = (outputs: readonly string[]): boolean => !outputs.some((name) => read.has(name));
  const result = graph.clone();
  result.nodes = [
    ...graph.nodes.filter((node) => !isLast(node.outputs)),
    ...graph.nodes.filter((node) => isLast(node.outputs)).reverse(),
  ];
  return result;
}
