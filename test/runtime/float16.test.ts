/** From Node 24 on there is a Float16Array, which onnxruntime-node cannot read: `.ci/run` runs this file there too. */
import { expect, it } from 'vitest';
import {
  float16ToNumber,
  Graph,
  GraphBuilder,
  numberToFloat16,
  type Tensor,
} from '../../core/graph/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { openWriting } from '../../core/runtime/writing-session.ts';

const VALUES = [1, 2, 0.5, -3];

function doubling(): Graph {
  const graph = new Graph();
  graph.opsets.set('', 21);
  const b = new GraphBuilder(graph);
  const x = b.input('x', 'float16', [4]);
  b.output(b.add(x, x), 'y');
  return graph;
}

const bits = (values: readonly number[]): Tensor & { readonly data: Uint16Array } => ({
  dtype: 'float16',
  dims: [values.length],
  data: Uint16Array.from(values, numberToFloat16),
});

it('float16 goes into a run and comes out of it as bits', async () => {
  const session = await openSession(encodeGraph(doubling()));
  const { y } = await session.run({ x: bits(VALUES) });
  expect(y).toMatchObject({ dtype: 'float16', dims: [4] });
  expect(y!.data).toBeInstanceOf(Uint16Array);
  const numbers = (data: Tensor['data']) => Array.from(data as Uint16Array, float16ToNumber);
  expect(numbers(y!.data)).toEqual([2, 4, 1, -6]);
  await session.close();

  const writing = await openWriting(doubling());
  const target = bits([0, 0, 0, 0]);
  await writing.run({ x: bits(VALUES) }, { y: target });
  expect(numbers(target.data)).toEqual([2, 4, 1, -6]);
  await writing.close();
});
