import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { float32, Graph, GraphBuilder } from '../../core/graph/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { inExecutionOrder } from '../../core/runtime/execution-order.ts';
import { openSession } from '../../core/runtime/session.ts';

/** A chain, as gradients of activations are, and beside each link something that nothing reads. */
function chain(links: number): Graph {
  const graph = new Graph();
  graph.opsets.set('', 21);
  const b = new GraphBuilder(graph);
  let x = b.input('x', 'float32', [4]);
  for (let i = 0; i < links; i++) {
    x = b.op('Tanh', [x], {}, { names: [`chain${i}`] });
    b.output(b.op('Sin', [x], {}, { names: [`aside${i}`] }));
  }
  b.output(b.op('Cos', [x], {}, { names: ['end'] }));
  return graph;
}

/** First outputs of the nodes, in the order in which onnxruntime ran them. */
async function orderOf(graph: Graph): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'marnet-order-'));
  try {
    const profile = join(folder, 'profile');
    const session = await openSession(encodeGraph(graph), { threads: 1, optimization: 'disabled', profile });
    await session.run({ x: float32(new Float32Array(4), [4]) });
    await session.close();
    const [file] = await readdir(folder);
    const events = JSON.parse(await readFile(join(folder, file!), 'utf8')) as { name: string; ts: number }[];
    return events
      .filter(({ name }) => name.endsWith('_kernel_time'))
      .sort((a, b) => a.ts - b.ts)
      .map(({ name }) => name.replace('_kernel_time', '').replace(/^.*:/, ''));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('the order in which onnxruntime runs a graph', () => {
  it('has what nothing reads as soon as it can be computed', async () => {
    const order = await orderOf(inExecutionOrder(chain(6)));
    expect(order).toHaveLength(13);
    for (let i = 1; i < 6; i++)
      expect(order.indexOf(`aside${i - 1}`), `${order}`).toBeLessThan(order.indexOf(`chain${i}`));
  });

  it('leaves inputs, outputs and nodes as they are', () => {
    const graph = chain(3);
    const ordered = inExecutionOrder(graph);
    expect(ordered.outputs).toEqual(graph.outputs);
    expect(new Set(ordered.nodes)).toEqual(new Set(graph.nodes));
    expect(graph.nodes[1]!.outputs).toEqual(['aside0']);
  });
});
