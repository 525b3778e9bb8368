import { describe, expect, it } from 'vitest';
import {
  DTYPE_NUMBER,
  float32,
  floats,
  Graph,
  GraphBuilder,
  int,
  ints,
  type Value,
} from '../../core/graph/index.ts';
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

  it('tells the shapes of ops that onnxruntime infers none of, and of what follows them', async () => {
    const graph = await typesOf((b, image) => {
      b.graph.opsets.set('com.microsoft', 1).set('ai.onnx.ml', 1);
      const inDomain = (domain: string, op: string, inputs: readonly string[], attributes = {}): string => {
        b.graph.nodes.push({ op, domain, name: op, inputs, outputs: [op], attributes });
        return op;
      };
      appended(b, 'MeanVarianceNormalization', [image.name], 'even', { axes: ints([2, 3]) });
      const pads = b.integers([0, 0, 1, 0, 0, 0, 1, 0]).name;
      appended(
        b,
        'Reshape',
        [inDomain('com.microsoft', 'Pad', ['even', pads]), b.integers([0, 3, -1]).name],
        'rows',
      );
      b.weight('qkv', float32(new Float32Array(24 * 36), [24, 36]));
      const heads = { num_heads: int(3), qkv_hidden_sizes: ints([6, 6, 24]) };
      inDomain('com.microsoft', 'Attention', ['rows', 'qkv'], heads);
      inDomain('ai.onnx.ml', 'Scaler', ['Attention'], { offset: floats([0]), scale: floats([1]) });
      b.graph.outputs.push({ name: 'Scaler', dtype: 'float32', shape: undefined });
    });
    const shapeOf = (name: string) => graph.types.get(name)?.shape;
    expect(shapeOf('even')).toEqual(['batch', 3, 4, 4]);
    expect(shapeOf('Pad')).toEqual(['batch', 3, 6, 4]);
    expect(shapeOf('Attention')).toEqual(['batch', 3, 24]);
    expect(shapeOf('Scaler')).toEqual(['batch', 3, 24]);
  });

  it('tells integers of rank 0', async () => {
    const graph = await typesOf((b, image) => {
      appended(b, 'Shape', [image.name], 'shape');
      appended(b, 'ReduceProd', ['shape'], 'count', { axes: ints([0]), keepdims: int(0) });
      b.graph.outputs.push({ name: 'count', dtype: 'int64', shape: undefined });
    });
    expect(graph.types.get('count')).toEqual({ dtype: 'int64', shape: [] });
  });

  it('tells what is made of weights kept in types that onnxruntime has no tensors of in Node', async () => {
    for (const [dtype, data] of [
      ['bfloat16', new Uint16Array(300).fill(0x3f80)],
      ['float8e4m3fn', new Uint8Array(300).fill(0x38)],
    ] as const) {
      const graph = await typesOf((b, image) => {
        b.graph.opsets.set('', 19);
        b.graph.constants.set('weight', {
          dtype,
          dims: [3, 100],
          read: () => ({ dtype, dims: [3, 100], data }),
        });
        appended(b, 'Identity', ['weight'], 'same');
        appended(b, 'Cast', ['same'], 'wide', { to: int(DTYPE_NUMBER.float32) });
        appended(b, 'ReduceMean', [image.name, b.integers([2, 3]).name], 'mean', { keepdims: int(0) });
        appended(b, 'MatMul', ['mean', 'wide'], 'scores');
        b.graph.outputs.push({ name: 'scores', dtype: 'float32', shape: undefined });
      });
      expect(graph.types.get('wide')).toEqual({ dtype: 'float32', shape: [3, 100] });
      expect(graph.types.get('scores')).toEqual({ dtype: 'float32', shape: ['batch', 100] });
    }
  });
});
