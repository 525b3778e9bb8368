import { expect, it } from 'vitest';
import { float32, Graph, GraphBuilder, int64, sizeOf } from '../../core/graph/index.ts';
import { openWriting } from '../../core/runtime/writing-session.ts';

const DIMS = [128, 512];
const numbers = (begin: number) => Float32Array.from({ length: sizeOf(DIMS) }, (_, i) => begin + i);

/** y = 2 x, z = x[at] */
function graphOf(opset: number): Graph {
  const graph = new Graph();
  graph.opsets.set('', opset);
  const b = new GraphBuilder(graph);
  const x = b.input('x', 'float32', DIMS);
  b.output(b.add(x, x), 'y');
  b.output(b.op('Gather', [x, b.input('at', 'int64', [1])]), 'z');
  graph.outputs[1] = { name: 'z', dtype: 'float32', shape: [1, DIMS[1]!] };
  return graph;
}

it.each([9, 11, 21])('writes each run into the given arrays (operator set %i)', async (opset) => {
  const session = await openWriting(graphOf(opset));
  expect(session.inputs.map(({ name }) => name)).toEqual(['x', 'at']);
  const y = float32(new Float32Array(sizeOf(DIMS)), DIMS);
  const z = float32(new Float32Array(DIMS[1]!), [1, DIMS[1]!]);
  for (const [begin, at] of [
    [0, 3],
    [0.5, 127],
  ] as const) {
    await session.run({ x: float32(numbers(begin), DIMS), at: int64([at]) }, { y, z });
    expect(y.data).toEqual(numbers(begin).map((value) => 2 * value));
    expect(z.data).toEqual(numbers(begin).subarray(512 * at, 512 * (at + 1)));
  }
  await session.close();
});

it('makes no arrays for outputs that have theirs', async () => {
  const session = await openWriting(graphOf(21));
  const feeds = { x: float32(numbers(0), DIMS), at: int64([0]) };
  const y = float32(new Float32Array(sizeOf(DIMS)), DIMS);
  const before = process.memoryUsage().arrayBuffers;
  for (let run = 0; run < 4; run++) await session.run(feeds, { y });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * sizeOf(DIMS));
  await session.close();
});

it('raises the errors of runs, also of those before and after which all went well', async () => {
  const session = await openWriting(graphOf(21));
  const x = float32(numbers(0), DIMS);
  const y = float32(new Float32Array(sizeOf(DIMS)), DIMS);
  for (let times = 0; times < 2; times++) {
    await session.run({ x, at: int64([0]) }, { y });
    await expect(session.run({ x, at: int64([128]) }, { y })).rejects.toMatchObject({ code: 'runtime' });
    await expect(session.run({ x: float32([1], [1, 1]), at: int64([0]) }, { y })).rejects.toMatchObject({
      code: 'runtime',
    });
  }
  await session.close();
});
