/**
 * An open batch, for the time of the translation: the first sizes that a run decides are set to a prime which divides no
 * other size of the model. Every shape is then fixed, and whatever is a multiple of the prime depends on the batch.
 */
import { type Graph, toNumbers } from '../../../core/graph/index.ts';

/** Small enough that what onnxruntime folds at this batch stays small. */
const SMALLEST = 101;

/** The open size that the inputs begin with, and a prime to stand for it; undefined where all inputs are fixed. */
export function openBatch(graph: Graph): { readonly name: string; readonly size: number } | undefined {
  const name = graph.inputs.map((input) => input.shape?.[0]).find((dim) => typeof dim === 'string');
  return name === undefined ? undefined : { name, size: freePrime(graph) };
}

/** The graph with its batch fixed. Changes it in place. */
export function fixBatch(graph: Graph, name: string, size: number): Graph {
  graph.inputs = graph.inputs.map((input) => {
    const shape = input.shape?.map((dim, axis) => (axis === 0 && dim === name ? size : dim));
    return shape ? { ...input, shape } : input;
  });
  graph.outputs = graph.outputs.map((output) => ({ ...output, shape: undefined }));
  graph.types.clear();
  return graph;
}

function freePrime(graph: Graph): number {
  const sizes = new Set<number>();
  const note = (values: readonly unknown[]): void => {
    for (const value of values) if (typeof value === 'number' && value !== 0) sizes.add(Math.abs(value));
  };
  for (const input of graph.inputs) note(input.shape ?? []);
  for (const type of graph.types.values()) note(type.shape ?? []);
  for (const constant of graph.constants.values()) {
    note(constant.dims);
    const isShape = constant.dtype === 'int64' && constant.dims.length <= 1 && (constant.dims[0] ?? 1) <= 64;
    if (isShape) note(toNumbers(constant.read()));
  }
  for (const node of graph.nodes)
    for (const attribute of Object.values(node.attributes))
      if (attribute.kind === 'ints') note(attribute.value);
      else if (attribute.kind === 'int') note([attribute.value]);
  const isPrime = (n: number): boolean => {
    for (let i = 2; i * i <= n; i++) if (n % i === 0) return false;
    return true;
  };
  for (let candidate = SMALLEST; ; candidate++)
    if (isPrime(candidate) && ![...sizes].some((size) => size % candidate === 0)) return candidate;
}
