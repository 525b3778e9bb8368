/** Takes the heads out again. */
import { MarnetError } from '../errors.ts';
import type { Graph, Node } from '../graph/index.ts';
import { ORIGINAL_LOGITS, withOutput } from './graft.ts';
import { PREFIX } from './parameters.ts';

/** Whether a graph carries heads that this project added. */
export function isGrafted(graph: Graph): boolean {
  return graph.nodes.some(isOurs);
}

function isOurs(node: Node): boolean {
  return node.name.startsWith(PREFIX);
}

/**
 * The graph as it was before `graftHeads`: our nodes and constants gone, the classifier's output under its own name.
 * @throws MarnetError 'unsupported-model' when there are no heads, or when they replaced the original classifier.
 */
export function ungraft(graph: Graph): Graph {
  const ours = graph.nodes.filter(isOurs);
  if (ours.length === 0) {
    throw new MarnetError(
      'unsupported-model',
      `the graph "${graph.name}" has no node whose name begins with "${PREFIX}"`,
      {
        hint: 'Only a model that was wrapped can be unwrapped.',
      },
    );
  }
  const sum = ours.find((node) => node.op === 'Add' && node.inputs[0] === ORIGINAL_LOGITS);
  if (!sum) {
    throw new MarnetError(
      'unsupported-model',
      `the graph "${graph.name}" no longer has its original classifier`,
      {
        hint: 'It was wrapped for another set of classes, which replaces the classifier. Use the original file.',
      },
    );
  }
  const copy = graph.clone();
  copy.nodes = graph.nodes
    .filter((node) => !isOurs(node))
    .map((node) =>
      node.outputs.includes(ORIGINAL_LOGITS) ? withOutput(node, ORIGINAL_LOGITS, sum.outputs[0]!) : node,
    );
  for (const name of [...copy.constants.keys()]) if (name.startsWith(PREFIX)) copy.constants.delete(name);
  for (const name of [...copy.types.keys()]) if (name.startsWith(PREFIX)) copy.types.delete(name);
  return copy;
}
