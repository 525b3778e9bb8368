import { expect, it } from 'vitest';
import { constantOf, Graph, graphOfPlain, plainGraph } from '../../core/graph/index.ts';

it('plain data has bytes of its own, where the graph has those of a Buffer', () => {
  const graph = new Graph();
  // A small Buffer is a part of a larger one, and its slice() is too.
  const [weight, body] = [Buffer.from([1, 2, 3]), Buffer.from([4, 5])];
  graph.constants.set('weight', constantOf({ dtype: 'uint8', dims: [3], data: weight }));
  graph.functions.set('own:Op', body);
  const { constants, functions } = plainGraph(graph);
  const data = constants.get('weight')!.data as Uint8Array;
  expect([data.buffer.byteLength, functions.get('own:Op')!.buffer.byteLength]).toEqual([3, 2]);
  const sent = graphOfPlain(structuredClone(plainGraph(graph)));
  expect([...(sent.constants.get('weight')!.read().data as Uint8Array)]).toEqual([1, 2, 3]);
  expect([...sent.functions.get('own:Op')!]).toEqual([4, 5]);
});
