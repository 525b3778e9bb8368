/**
 * Hundreds of tensors in and out of a run cost more on a GPU than what it computes with them: parameters go in as one
 * vector and are cut out of it in the graph, gradients are put into one before they come out.
 */
import { float32, type Graph, GraphBuilder, int64, type Value } from '../../graph/index.ts';
import type { Segment } from '../state.ts';

/** Names of the vectors in graphs. */
export const VALUES = 'marnet/state/values';
export const GRADIENT = 'marnet/state/gradient';

/** Lengths are a multiple of this, so that a sum over all elements can be taken in stages of 256. */
const MULTIPLE = 65536;

/** Floats of a vector on the device for a state of `length` floats. */
export function residentLength(length: number): number {
  return Math.max(1, Math.ceil(length / MULTIPLE)) * MULTIPLE;
}

/** Puts the vector of all values in the place of those inputs of a graph that are parameters. Changes the graph. */
export function withFlatValues(graph: Graph, segments: readonly Segment[], length: number): Graph {
  const inputs = new Set(graph.inputs.map((input) => input.name));
  const read = segments.filter(({ name }) => inputs.has(name));
  if (read.length === 0) return graph;
  const names = new Set(read.map(({ name }) => name));
  graph.inputs = graph.inputs.filter(({ name }) => !names.has(name));
  const nodes = graph.nodes;
  graph.nodes = [];
  const b = new GraphBuilder(graph, 'flat/');
  const values = b.input(VALUES, 'float32', [length]);
  for (const { name, dims, begin, end } of read) {
    const part = b.slice(values, [begin], [end], [0]);
    const shape = b.weight('shape', int64(dims));
    b.op('Reshape', [part, shape], {}, { names: [name] });
  }
  graph.nodes.push(...nodes);
  return graph;
}

/**
 * Puts the outputs that are gradients into one vector, `GRADIENT`; the others stay. Changes the graph.
 * @param gradients output by parameter. Parameters without one have a gradient of zero.
 */
export function withFlatGradient(
  graph: Graph,
  gradients: Readonly<Record<string, string>>,
  segments: readonly Segment[],
  length: number,
): Graph {
  const outputs = new Set(Object.values(gradients));
  const b = new GraphBuilder(graph, 'flat/');
  const parts: Value[] = [];
  /** Floats of `parts`. */
  let filled = 0;
  const fillTo = (begin: number): void => {
    if (begin > filled) parts.push(b.expand(b.constant(float32([0], [1])), [begin - filled]));
    filled = begin;
  };
  for (const { name, begin, end } of segments) {
    const gradient = gradients[name];
    if (gradient === undefined) continue;
    fillTo(begin);
    parts.push(b.reshape(b.value(gradient), [end - begin]));
    filled = end;
  }
  fillTo(length);
  graph.outputs = graph.outputs.filter(({ name }) => !outputs.has(name));
  const flat = b.concat(parts, 0);
  b.output(flat, GRADIENT);
  // Something is read in every run.
  if (graph.outputs.length === 1) b.output(b.slice(flat, [0], [1], [0]));
  return graph;
}
