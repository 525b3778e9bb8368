import type { Graph, ValueType } from './graph.ts';
import { inferKnownTypes } from './infer.ts';
import { toNumbers } from './tensor.ts';
import { knownTensor, usesOf } from './uses.ts';

/**
 * Fills in what onnxruntime leaves open of the values' types: it does not tell a scalar from a shape that it does not
 * know, nor follow a Reshape that computes a size. Changes the graph in place.
 */
export function completeTypes(graph: Graph): Graph {
  const uses = usesOf(graph);
  const isKnown = (type: ValueType | undefined): boolean =>
    type?.shape?.every((dim) => typeof dim === 'number') ?? false;
  for (const node of graph.nodes) {
    if (node.domain !== '' || node.outputs.every((name) => name === '' || isKnown(graph.types.get(name))))
      continue;
    const inputs = node.inputs.map((name) => {
      const type = name === '' ? undefined : graph.typeOf(name);
      return type?.shape && { dtype: type.dtype, shape: type.shape };
    });
    if (inputs.some((input, i) => !input && node.inputs[i] !== '')) continue;
    const known = (i: number) => {
      const tensor = node.inputs[i] ? knownTensor(graph, uses, node.inputs[i]) : undefined;
      return tensor && toNumbers(tensor);
    };
    const inferred = inferKnownTypes({ ...node, inputs, known });
    node.outputs.forEach((name, i) => {
      const shape = inferred?.[i]?.shape;
      const before = graph.types.get(name);
      if (name === '' || !shape || isKnown(before)) return;
      if (before?.shape && before.shape.length !== shape.length) return;
      const merged = shape.map((dim, axis) =>
        typeof dim === 'number' ? dim : (before?.shape?.[axis] ?? dim),
      );
      graph.types.set(name, { dtype: before?.dtype ?? inferred![i]!.dtype, shape: merged });
    });
  }
  return graph;
}
