import { describe, expect, it } from 'vitest';
import { BUILT_IN_RULES, createRegistry, differentiate } from '../../core/grad/index.ts';
import { Graph, GraphBuilder, str, type Value } from '../../core/graph/index.ts';
import { caught } from './caught.ts';
import { expectClose, run } from './check.ts';
import { array } from './reference/array.ts';

function graphOf(): { graph: Graph; b: GraphBuilder } {
  const graph = new Graph();
  graph.opsets.set('', 21);
  graph.opsets.set('com.microsoft', 1);
  return { graph, b: new GraphBuilder(graph) };
}

const fused = (b: GraphBuilder, op: string, inputs: Value[], name: string, attributes = {}): Value =>
  b.emit(`com.microsoft:${op}`, inputs, attributes, {
    names: [name],
    types: [{ dtype: 'float32', shape: inputs[0]!.shape }],
  })[0]!;

describe('decomposition', () => {
  it('replaces only what a gradient flows through, and keeps the names of values', async () => {
    const { graph, b } = graphOf();
    const [x, w] = [b.input('x', 'float32', [3]), b.input('w', 'float32', [3])];
    const frozen = fused(b, 'QuickGelu', [x], 'frozen');
    const tuned = fused(b, 'QuickGelu', [b.mul(frozen, w)], 'tuned');
    const loss = b.reduceSum(tuned, [0]);
    const frozenNode = graph.nodes[0];
    const { w: gradient } = differentiate(graph, loss.name, ['w']);
    expect(graph.nodes.filter((node) => node.op === 'QuickGelu')).toEqual([frozenNode]);
    expect(graph.nodes.filter((node) => node.outputs.includes('tuned'))).toHaveLength(1);
    b.output(tuned);
    b.output(b.value(gradient!), 'dw');
    const feeds = new Map([
      ['x', array([3], [1, -2, 0.5])],
      ['w', array([3], [0.3, 1, -1])],
    ]);
    const results = await run(graph, feeds);
    const swish = (v: number) => v / (1 + Math.exp(-1.702 * v));
    const inner = [1, -2, 0.5].map(swish);
    const outer = inner.map((v, i) => v * [0.3, 1, -1][i]!);
    expectClose(results.get('tuned')!, array([3], outer.map(swish)), 'tuned');
    const h = 1e-6;
    const slopes = outer.map((v, i) => (inner[i]! * (swish(v + h) - swish(v - h))) / (2 * h));
    expectClose(results.get('dw')!, array([3], slopes), 'dw');
  });

  it('goes on while a decomposition gives ops that are composed themselves', () => {
    const { graph, b } = graphOf();
    const x = b.input('x', 'float32', [3]);
    const [y] = b.emit('test:Twice', [x], {}, { types: [{ dtype: 'float32', shape: [3] }] }) as [Value];
    const registry = createRegistry([
      ...BUILT_IN_RULES,
      {
        op: 'Twice',
        domain: 'test',
        form: 'QuickGelu(QuickGelu(x))',
        decompose: (c) => {
          const once = fused(c.builder, 'QuickGelu', [c.input(0)], 'once');
          return [fused(c.builder, 'QuickGelu', [once], 'twice')];
        },
      },
    ]);
    differentiate(graph, b.reduceSum(y, [0]).name, ['x'], registry);
    expect(graph.nodes.filter((node) => /Twice|QuickGelu/.test(node.op))).toEqual([]);
  });

  it('says what of an op it does not cover', () => {
    const { graph, b } = graphOf();
    const [x, w] = [b.input('x', 'float32', [2, 2]), b.input('w', 'float32', [2, 2])];
    const y = fused(b, 'FusedGemm', [x, w], 'y', { activation: str('Cube') });
    const error = caught(() => differentiate(graph, b.reduceSum(y, [0, 1]).name, ['w']));
    expect(error.code).toBe('no-gradient');
    expect(error.message).toContain('its activation is "Cube"');
    expect(error.message).toContain('path to the loss: y -(ReduceSum)->');
  });

  it('refuses an output that it does not have only where that is read', () => {
    const normalized = (reads: boolean) => {
      const { graph, b } = graphOf();
      const [x, g] = [b.input('x', 'float32', [1, 2, 4]), b.input('g', 'float32', [4])];
      const [y, mean] = b.ops(
        'com.microsoft:SkipLayerNormalization',
        [x, x, g],
        {},
        {
          outputs: 2,
          types: [
            { dtype: 'float32', shape: [1, 2, 4] },
            { dtype: 'float32', shape: [1, 2, 1] },
          ],
        },
      ) as [Value, Value];
      return { graph, loss: b.reduceSum(reads ? b.add(y, mean) : y, [0, 1, 2]).name };
    };
    const fine = normalized(false);
    expect(Object.keys(differentiate(fine.graph, fine.loss, ['g']))).toEqual(['g']);
    const refused = normalized(true);
    expect(caught(() => differentiate(refused.graph, refused.loss, ['g'])).message).toContain(
      'its output 1 is read',
    );
  });

  it('catches a decomposition of the wrong shape', () => {
    const { graph, b } = graphOf();
    const x = b.input('x', 'float32', [3]);
    const [y] = b.emit('test:Odd', [x], {}, { types: [{ dtype: 'float32', shape: [3] }] }) as [Value];
    const registry = createRegistry([
      ...BUILT_IN_RULES,
      {
        op: 'Odd',
        domain: 'test',
        form: 'sum',
        decompose: (c) => [c.builder.reduceSum(c.input(0), [0], true)],
      },
    ]);
    const error = caught(() => differentiate(graph, b.reduceSum(y, [0]).name, ['x'], registry));
    expect(error.code).toBe('internal');
    expect(error.message).toContain('gives float32[1]');
  });
});

it('says why an op has no gradient', () => {
  const { graph, b } = graphOf();
  const x = b.input('x', 'float32', [3]);
  const y = b.op(
    'Compress',
    [x, b.constant({ dtype: 'bool', dims: [3], data: Uint8Array.of(1, 0, 1) })],
    {},
    { types: [{ dtype: 'float32', shape: [2] }] },
  );
  expect(() => differentiate(graph, b.reduceSum(y, [0]).name, ['x'])).toThrow(
    /Compress .*: how many elements it gives is known only in the run/,
  );
});
