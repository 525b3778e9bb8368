/** Convolutions in groups, which TensorFlow.js does not have, are there again when what we wrote is read. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../../../adapters/load.ts';
import { toGraphModel, writeGraphModel } from '../../../../adapters/tfjs/write/index.ts';
import {
  float32,
  Graph,
  GraphBuilder,
  int,
  intAttribute,
  ints,
  sizeOf,
  type Tensor,
  type Value,
} from '../../../../core/graph/index.ts';
import { noise } from '../graph-model/draft.ts';
import { runOnnx } from '../stock.ts';

const random = (seed: number, ...dims: number[]): Tensor => float32(noise(sizeOf(dims), seed), dims);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'marnet-regroup-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function graphOf(build: (b: GraphBuilder, x: Value) => Value): Graph {
  const graph = new Graph();
  graph.opsets.set('', 17);
  const b = new GraphBuilder(graph);
  b.output(build(b, b.input('x', 'float32', ['batch', 6, 7, 5])), 'y');
  return graph;
}

async function thereAndBack(graph: Graph): Promise<Graph> {
  const { graph: again } = await loadModel(writeGraphModel(await toGraphModel(graph), folder));
  const x = random(7, 2, 6, 7, 5);
  const [before, after] = [await runOnnx(graph, { x }), await runOnnx(again, { x })];
  expect(after.y!.dims).toEqual(before.y!.dims);
  const [a, z] = [before.y!.data as Float32Array, after.y!.data as Float32Array];
  expect(Math.max(...a.map((value, at) => Math.abs(value - z[at]!)))).toBeLessThan(1e-5);
  return again;
}

const groupsIn = (graph: Graph): number[] =>
  graph.nodes.filter(({ op }) => op === 'Conv').map((node) => intAttribute(node, 'group'));

describe('a convolution in groups, written and read', () => {
  it.each([2, 3])('of %i groups: one convolution, its weight under its name', async (groups) => {
    const weight = random(1, 12, 6 / groups, 3, 3);
    const again = await thereAndBack(
      graphOf((b, x) => {
        const attributes = { group: int(groups), strides: ints([2, 1]), pads: ints([1, 1, 1, 1]) };
        const y = b.op('Conv', [x, b.weight('w', weight), b.weight('b', random(2, 12))], attributes);
        return b.relu(y);
      }),
    );
    expect(groupsIn(again)).toEqual([groups]);
    expect(again.constants.get('w')!.read()).toEqual(weight);
    expect(again.nodes.some(({ op }) => op === 'Split')).toBe(false);
  });

  it('parts of unequal width stay apart, as do those that something else reads', async () => {
    const unequal = graphOf((b, x) => {
      const [one, other] = b.split(x, [2, 4], 1) as [Value, Value];
      const a = b.op('Conv', [one, b.weight('a', random(1, 3, 2, 1, 1))]);
      return b.concat([a, b.op('Conv', [other, b.weight('c', random(2, 3, 4, 1, 1))])], 1);
    });
    expect(groupsIn(await thereAndBack(unequal))).toEqual([1, 1]);
    const read = graphOf((b, x) => {
      const [one, other] = b.split(x, [3, 3], 1) as [Value, Value];
      const a = b.op('Conv', [one, b.weight('a', random(1, 3, 3, 1, 1))]);
      const c = b.op('Conv', [other, b.weight('c', random(2, 3, 3, 1, 1))]);
      return b.add(b.concat([a, c], 1), b.concat([one, a], 1));
    });
    expect(groupsIn(await thereAndBack(read))).toEqual([1, 1]);
  });
});
