import { describe, expect, it } from 'vitest';
import { Graph, GraphBuilder, int, ints, type Value } from '../../core/graph/index.ts';
import { annotateTypes } from '../../core/runtime/types.ts';

/** The types of what `make` appends to a graph with an image, all of them left open. */
async function typesOf(make: (b: GraphBuilder, image: Value) => void): Promise<Graph> {
  const graph = new Graph();
  graph.opsets.set('', 13);
  const b = new GraphBuilder(graph);
  make(b, b.input('image', 'float32', ['batch', 3, 4, 4]));
  for (const node of graph.nodes) for (const output of node.outputs) graph.types.delete(output);
  return annotateTypes(graph);
}

/** A node whose result has a type that nobody says. */
const appended = (
  b: GraphBuilder,
  op: string,
  inputs: readonly string[],
  name: string,
  attributes = {},
): void => {
  b.graph.nodes.push({ op, domain: '', name, inputs, outputs: [name], attributes });
};

describe('annotateTypes', () => {
  it('tells a float of rank 0 from one of unknown rank', async () => {
    const graph = await typesOf((b, image) => {
      appended(b, 'ReduceSum', [image.name], 'sum', { keepdims: int(0) });
      appended(b, 'Mul', [image.name, 'sum'], 'scaled');
      appended(b, 'NonZero', [image.name], 'places');
      appended(b, 'Reshape', ['places', b.integers([-1]).name], 'sizes');
      appended(b, 'Reshape', [image.name, 'sizes'], 'anything');
      b.graph.outputs.push({ name: 'scaled', dtype: 'float32', shape: undefined });
      b.graph.outputs.push({ name: 'anything', dtype: 'float32', shape: undefined });
    });
    expect(graph.types.get('sum')).toEqual({ dtype: 'float32', shape: [] });
    expect(graph.types.get('scaled')).toEqual({ dtype: 'float32', shape: ['batch', 3, 4, 4] });
    expect(graph.types.get('anything')).toEqual({ dtype: 'float32', shape: undefined });
  });

  it('tells integers of rank 0', async () => {
    const graph = await typesOf((b, image) => {
      appended(b, 'Shape', [image.name], 'shape');
      appended(b, 'ReduceProd', ['shape'], 'count', { axes: ints([0]), keepdims: int(0) });
      b.graph.outputs.push({ name: 'count', dtype: 'int64', shape: undefined });
    });
    expect(graph.types.get('count')).toEqual({ dtype: 'int64', shape: [] });
  });
});
