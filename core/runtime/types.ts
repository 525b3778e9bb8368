import type { Graph } from '../graph/index.ts';
import { encodeGraph } from '../onnx/index.ts';
import { openSession } from './session.ts';
import { exposeValues, skeletonOf } from './skeleton.ts';

/**
 * Fills `graph.types` with the dtype and shape of every value, as onnxruntime infers them: it loads a copy without
 * weights in which every value is an output. What it cannot tell keeps the type that the file gives, if any.
 * @returns the same graph.
 * @throws MarnetError 'runtime' when onnxruntime does not accept the graph.
 */
export async function annotateTypes(graph: Graph): Promise<Graph> {
  const skeleton = skeletonOf(graph);
  const present = new Set(skeleton.outputs.map((o) => o.name));
  const names = skeleton.nodes
    .flatMap((node) => node.outputs)
    .filter((name) => name !== '' && !present.has(name));
  const session = await openSession(exposeValues(encodeGraph(skeleton), names), { optimization: 'disabled' });
  for (const { name, type } of session.outputs) if (type) graph.types.set(name, type);
  await session.close();
  return graph;
}
