/** Gradients of gathers that read some rows very often, with as many threads as the machine has. */
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../core/grad/index.ts';
import { constantOf, Graph, GraphBuilder, int64, type Value } from '../../core/graph/index.ts';
import { lower } from '../../core/lower/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { randomFrom } from './samples.ts';

interface Gathering {
  readonly rows: number;
  readonly places: readonly number[];
  readonly given: boolean;
  readonly op: 'Gather' | 'GatherND' | 'GatherElements';
}

const INNER = 4;

/** d(data) of sum(gathered * weights), and the same by a loop. */
async function check({ rows, places, given, op }: Gathering): Promise<void> {
  const count = places.length;
  const random = randomFrom(11);
  const weights = Float32Array.from({ length: count * INNER }, () => 2 * random() - 1);
  const graph = new Graph();
  graph.opsets.set('', 21);
  const b = new GraphBuilder(graph);
  const data = b.input('data', 'float32', [rows, INNER]);
  const w = b.input('w', 'float32', [count, INNER]);
  const shape = { Gather: [count], GatherND: [count, 1], GatherElements: [count, INNER] }[op];
  const list = op === 'GatherElements' ? places.flatMap((p) => new Array<number>(INNER).fill(p)) : places;
  const indices: Value = { name: 'indices', dtype: 'int64', shape };
  if (given) b.input('indices', 'int64', shape);
  else graph.constants.set('indices', constantOf(int64(list, shape)));
  const loss = b.reduceSum(b.mul(b.op(op, [data, indices]), w), [0, 1]);
  b.output(b.value(differentiate(graph, loss.name, ['data']).data!), 'dx');
  const session = await ort.InferenceSession.create(encodeGraph(lower(graph, 'portable')), {
    logSeverityLevel: 3,
  });
  const inputs: Record<string, ort.Tensor> = {
    data: new ort.Tensor('float32', new Float32Array(rows * INNER), [rows, INNER]),
    w: new ort.Tensor('float32', weights, [count, INNER]),
  };
  if (given) inputs.indices = new ort.Tensor('int64', BigInt64Array.from(list, BigInt), shape);
  const { dx } = await session.run(inputs);
  await session.release();
  const expected = new Float64Array(rows * INNER);
  places.forEach((row, k) => {
    for (let i = 0; i < INNER; i++) expected[row * INNER + i]! += weights[k * INNER + i]!;
  });
  const off = (dx!.data as Float32Array).reduce((a, v, i) => Math.max(a, Math.abs(v - expected[i]!)), 0);
  expect(off).toBeLessThan(1e-3);
}

const even = Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 50);
/** One row read most of the time, of many that are hardly read. */
const skewed = Array.from({ length: 300 }, (_, i) => (i < 250 ? 3 : 2 * i));

describe.each(['Gather', 'GatherND', 'GatherElements'] as const)('%s', (op) => {
  it.each([true, false])('many rows at few places, indices given in the run: %s', (given) =>
    check({ op, rows: 50, places: even, given }),
  );
  it.each([true, false])('one place for most, indices given in the run: %s', (given) =>
    check({ op, rows: 600, places: skewed, given }),
  );
});
