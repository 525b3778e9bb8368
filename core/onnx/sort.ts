import { MarnetError } from '../errors.ts';
import { type Node, readsOf } from '../graph/index.ts';

/**
 * Nodes in an order in which each comes after what it reads; the given list itself when it is in one already, as
 * ONNX demands. Some exporters do not keep to it, and onnxruntime does not mind.
 * @throws MarnetError 'not-a-model' for a cycle.
 */
export function sortNodes(nodes: Node[], label: string): Node[] {
  const producers = new Map<string, Node>();
  for (const node of nodes) for (const output of node.outputs) if (output) producers.set(output, node);
  const done = new Set<Node>();
  const isReady = (node: Node): boolean =>
    readsOf(node).every((read) => {
      const producer = producers.get(read);
      return !producer || done.has(producer);
    });
  if (nodes.every((node) => isReady(node) && done.add(node))) return nodes;

  done.clear();
  const sorted: Node[] = [];
  const open = new Set<Node>();
  for (const root of nodes) {
    // Depth first without recursion: a chain can be thousands of nodes long.
    const stack = [root];
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      if (done.has(node)) {
        stack.pop();
        continue;
      }
      open.add(node);
      const missing = readsOf(node)
        .map((read) => producers.get(read))
        .filter((producer) => producer !== undefined && !done.has(producer)) as Node[];
      const cyclic = missing.find((producer) => open.has(producer));
      if (cyclic)
        throw new MarnetError(
          'not-a-model',
          `${label}: node "${cyclic.name || cyclic.outputs[0]}" depends on itself`,
          {
            hint: 'Export the model again: a graph may have no cycles.',
          },
        );
      if (missing.length > 0) stack.push(...missing);
      else {
        done.add(node);
        open.delete(node);
        sorted.push(node);
        stack.pop();
      }
    }
  }
  return sorted;
}
