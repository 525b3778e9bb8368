/** The layout pass: graphs give the same as before, with few Transposes. onnxruntime is the judge. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LayoutRule, sinkTransposes } from '../../../../adapters/tfjs/layout/index.ts';
import { conv, pool } from '../../../../adapters/tfjs/ops/index.ts';
import {
  float32,
  Graph,
  GraphBuilder,
  int,
  ints,
  sizeOf,
  str,
  type Tensor,
  type Value,
} from '../../../../core/graph/index.ts';
import { feedsFor } from '../graph-model/compare.ts';
import { noise } from '../graph-model/draft.ts';
import { runOnnx } from '../stock.ts';

const random = (seed: number, ...dims: number[]): Tensor => float32(noise(sizeOf(dims), seed), dims);

/** A graph on images [batch, 6, 5, 4]. */
function graphOf(build: (b: GraphBuilder, x: Value) => Value | Value[]): Graph {
  const graph = new Graph();
  graph.opsets.set('', 17);
  const b = new GraphBuilder(graph);
  const outputs = build(b, b.input('x', 'float32', ['batch', 6, 5, 4]));
  for (const [n, value] of [outputs].flat().entries()) b.output(value, `y${n}`);
  return graph;
}

async function expectEqual(graph: Graph): Promise<Graph> {
  const sunk = sinkTransposes(graph);
  expect(sunk.outputs).toEqual(graph.outputs);
  const feeds = feedsFor(graph);
  const [before, after] = [await runOnnx(graph, feeds), await runOnnx(sunk, feeds)];
  for (const { name } of graph.outputs) {
    expect(after[name]!.dims).toEqual(before[name]!.dims);
    const [a, z] = [before[name]!.data as Float32Array, after[name]!.data as Float32Array];
    expect(Math.max(...a.map((value, at) => Math.abs(value - z[at]!)))).toBeLessThan(1e-5);
  }
  return sunk;
}

const count = (graph: Graph, op = 'Transpose'): number => graph.nodes.filter((node) => node.op === op).length;

const conv3 = (b: GraphBuilder, x: Value, seed = 1, channels = 4): Value =>
  conv(b, x, random(seed, 3, 3, x.shape[3] as number, channels), { padding: 'SAME' });

/** Steps that keep [batch, h, w, 4] and that have a rule of their own, each in its own way. */
const STEPS: Record<string, (b: GraphBuilder, x: Value) => Value> = {
  conv: (b, x) => conv3(b, x),
  pool: (b, x) => pool(b, 'average', x, { window: [2, 2], strides: [1, 1], padding: 'SAME' }),
  relu: (b, x) => b.relu(x),
  clip: (b, x) => b.op('Clip', [x, b.scalar(-0.5, x), b.scalar(0.5, x)]),
  bias: (b, x) => b.add(x, b.weight('bias', random(3, 4))),
  position: (b, x) => b.mul(x, b.weight('position', random(4, x.shape[1] as number, 1, 4))),
  half: (b, x) => b.mul(b.scalar(0.5, x), x),
  slope: (b, x) => b.op('PRelu', [x, b.weight('slope', random(5, 1, 1, 4))]),
  residual: (b, x) => b.add(b.relu(x), x),
  gate: (b, x) => b.mul(x, b.sigmoid(conv3(b, b.reduceMean(x, [1, 2], true), 6))),
  softmax: (b, x) => b.op('Softmax', [x], { axis: int(-1) }),
  join: (b, x) => {
    const [left, right] = b.split(x, [1, 3], 3) as [Value, Value];
    return b.concat([right, left], 3);
  },
  pad: (b, x) => b.slice(b.pad(x, [0, 1, 0, 0, 0, 0, 2, 0]), [1, 0], [100, -2], [1, 2]),
  flip: (b, x) => b.slice(x, [-1], [-100], [2], [-1]),
  gather: (b, x) => b.gather(x, b.integers([2, 0, 3, 1]), 3),
  norm: (b, x) => b.sub(x, b.reduceMean(x, [-1], true)),
  squeeze: (b, x) => b.squeeze(b.unsqueeze(x, [1]), [1]),
  rows: (b, x) =>
    b.reshape(b.relu(b.reshape(x, [-1, (x.shape[1] as number) * (x.shape[2] as number), 4])), [
      -1,
      ...(x.shape.slice(1) as number[]),
    ]),
  tile: (b, x) => b.slice(b.op('Tile', [x, b.integers([1, 1, 2, 1])]), [0], [x.shape[2] as number], [2]),
  vector: (b, x) => b.add(x, b.reduceMax(x, [0, 1, 2])),
  swap: (b, x) => b.transpose(b.relu(b.transpose(x, [0, 2, 1, 3])), [0, 2, 1, 3]),
};

describe('sinkTransposes', () => {
  it('keeps what a graph computes, whatever its steps', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...Object.keys(STEPS)), { minLength: 1, maxLength: 7 }),
        async (names) => {
          const graph = graphOf((b, x) => names.reduce((value, name) => STEPS[name]!(b, value), conv3(b, x)));
          const sunk = await expectEqual(graph);
          expect(count(sunk)).toBeLessThanOrEqual(count(graph));
        },
      ),
      { numRuns: 60, seed: 11 },
    );
  });

  it.each(Object.keys(STEPS).filter((name) => name !== 'vector' && name !== 'swap'))(
    '%s between convolutions adds no Transpose',
    async (name) => {
      const graph = graphOf((b, x) => b.reduceMean(conv3(b, STEPS[name]!(b, conv3(b, x)), 2), [1, 2]));
      expect(count(await expectEqual(graph))).toBe(1);
    },
  );

  it('an output that is an image takes one Transpose more, under its own name', async () => {
    const sunk = await expectEqual(graphOf((b, x) => b.relu(conv3(b, b.relu(conv3(b, x))))));
    expect(count(sunk)).toBe(2);
    expect(sunk.nodes.at(-1)).toMatchObject({ op: 'Transpose', outputs: ['y0'] });
  });

  it('a value read both ways is transposed once', async () => {
    const sunk = await expectEqual(
      graphOf((b, x) => {
        const image = conv3(b, x);
        return [
          b.relu(conv3(b, image, 2)),
          b.matMul(image, b.weight('w', random(2, 4, 3))),
          b.matMul(image, b.weight('v', random(3, 4, 2))),
        ];
      }),
    );
    expect(count(sunk)).toBe(3);
  });

  it.each([['MatMul'], ['Gemm'], ['Gemm, transposed']])(
    'Flatten before %s changes the order of the rows',
    async (kind) => {
      const graph = graphOf((b, x) => {
        const flat = b.add(b.relu(b.reshape(conv3(b, x), [-1, 120])), b.weight('bias', random(3, 120)));
        if (kind === 'MatMul') return b.matMul(flat, b.weight('w', random(4, 120, 3)));
        const transposed = kind !== 'Gemm';
        const w = b.weight('w', transposed ? random(4, 3, 120) : random(4, 120, 3));
        return b.op('Gemm', [flat, w, b.weight('c', random(5, 3))], { transB: int(transposed ? 1 : 0) });
      });
      const sunk = await expectEqual(graph);
      expect(count(sunk)).toBe(1);
      expect(count(sunk, 'Gather')).toBe(0);
      expect([...sunk.constants.keys()]).toContain('w');
    },
  );

  it('Flatten that something else reads too stays as it is', async () => {
    const graph = graphOf((b, x) => {
      const flat = b.reshape(conv3(b, x), [-1, 120]);
      return [b.matMul(flat, b.weight('w', random(4, 120, 3))), b.relu(flat)];
    });
    expect(count(await expectEqual(graph))).toBe(2);
  });

  it('Flatten of one pixel needs no Transpose', async () => {
    const graph = graphOf((b, x) =>
      b.op('Flatten', [b.reduceMax(conv3(b, x), [1, 2], true)], { axis: int(1) }),
    );
    expect(count(await expectEqual(graph))).toBe(1);
  });

  it('names go with their meaning, and the graph that is given stays', async () => {
    const graph = graphOf((b, x) => b.reduceMean(b.relu(conv3(b, x)), [1, 2]));
    // As the translations do: the last node of an op has the model's name.
    const at = graph.nodes.findIndex((node) => node.op === 'Transpose' && node.inputs[0] === 'Conv');
    const swap = (name: string): string => (name === graph.nodes[at]!.outputs[0] ? 'block/conv' : name);
    graph.types.set('block/conv', graph.types.get(graph.nodes[at]!.outputs[0]!)!);
    graph.nodes = graph.nodes.map((node, n) => ({
      ...node,
      name: n === at ? 'block/conv' : node.name,
      inputs: node.inputs.map(swap),
      outputs: node.outputs.map(swap),
    }));
    const copy = JSON.stringify(graph.nodes);
    const sunk = await expectEqual(graph);
    expect(sunk.nodes.find((node) => node.op === 'Conv')!.outputs).toEqual(['block/conv']);
    expect(sunk.typeOf('block/conv')!.shape).toEqual(['batch', 4, 6, 5]);
    expect(JSON.stringify(graph.nodes)).toBe(copy);
  });

  it('takes rules for ops of another domain', () => {
    const graph = graphOf((b, x) => {
      const image = conv3(b, x);
      const y = b.emit('tf:Shuffle', [image], { order: str('axis 3') }, { types: [image] })[0]!;
      return b.reduceMean(conv3(b, y, 2), [1, 2]);
    });
    expect(count(sinkTransposes(graph))).toBe(3);
    const shuffle: LayoutRule = (site) => {
      const perm = site.perm(0);
      if (!perm) return undefined;
      return {
        inputs: [site.source(0, perm)],
        attributes: { order: str(`axis ${perm[3]}`), perm: ints(perm) },
        perms: [perm],
      };
    };
    const sunk = sinkTransposes(graph, new Map([['tf:Shuffle', shuffle]]));
    expect(count(sunk)).toBe(1);
    expect(sunk.nodes.find((node) => node.op === 'Shuffle')!.attributes).toEqual({
      order: str('axis 1'),
      perm: ints([0, 2, 3, 1]),
    });
  });
});
