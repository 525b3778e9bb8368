import { descendantsOf, type Graph, type Node, readsOf, removeDead, type ValueInfo } from '../graph/index.ts';
import type { FeatureSite } from '../locate/index.ts';
import { changeClassCount } from './class-count.ts';

/**
 * What follows a site's logits, as a graph of its own whose inputs are the logits and whatever else it reads, with another
 * number of classes. Undefined where nothing follows, or where the type of what it reads is not known.
 */
export function afterLogits(
  graph: Graph,
  { classifier: { logits, classes } }: Pick<FeatureSite, 'classifier'>,
  to: number,
): Graph | undefined {
  const following = descendantsOf(graph, [logits]);
  const reads = (node: Node): boolean => readsOf(node).some((name) => following.has(name));
  const copy = graph.clone();
  changeClassCount(copy, logits, classes, to);
  copy.nodes = copy.nodes.filter((node) => reads(node) || node.op === 'Constant');
  const made = new Set(copy.nodes.flatMap((node) => node.outputs));
  copy.outputs = copy.outputs.filter(({ name }) => following.has(name) && made.has(name));
  removeDead(copy);
  const read = new Set(copy.nodes.flatMap(readsOf));
  const fed = [...read].filter((name) => !made.has(name) && !copy.constants.has(name));
  const inputs = fed.map((name): ValueInfo | undefined => {
    const type = copy.typeOf(name);
    return type && { name, ...type };
  });
  if (fed.length === 0 || inputs.includes(undefined)) return undefined;
  copy.inputs = inputs as ValueInfo[];
  return copy;
}
