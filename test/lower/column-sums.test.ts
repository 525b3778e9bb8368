import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Graph, GraphBuilder, int, sizeOf } from '../../core/graph/index.ts';
import { lower } from '../../core/lower/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { noise } from './gradient-op.ts';

interface Sum {
  readonly dims: readonly number[];
  /** Axes 0 to `leading` - 1 are summed over. */
  readonly leading: number;
  readonly keep: boolean;
  readonly negative: boolean;
}

const sums: fc.Arbitrary<Sum> = fc
  .record({
    dims: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 4 }),
    leading: fc.integer({ min: 1, max: 3 }),
    keep: fc.boolean(),
    negative: fc.boolean(),
  })
  .filter(({ dims, leading }) => leading < dims.length);

function summing({ dims, leading, keep, negative }: Sum): Graph {
  const graph = new Graph();
  graph.opsets.set('', 21);
  const builder = new GraphBuilder(graph);
  const axes = Array.from({ length: leading }, (_, i) => (negative ? i - dims.length : i)).reverse();
  const x = builder.input('x', 'float32', dims);
  const y = builder.op('ReduceSum', [x, builder.integers(axes)], { keepdims: int(keep ? 1 : 0) });
  builder.output(y, 'y');
  return graph;
}

describe('sums over leading axes', () => {
  it('are products on a CPU, of the same values and shapes', async () => {
    await fc.assert(
      fc.asyncProperty(sums, async (sum) => {
        const graph = summing(sum);
        const lowered = lower(graph, 'cpu');
        expect(lowered.nodes.map(({ op }) => op)).not.toContain('ReduceSum');
        const session = await openSession(encodeGraph(lowered));
        const x = noise(sum.dims, 3);
        const { y } = await session.run({
          x: { dtype: 'float32', dims: sum.dims, data: Float32Array.from(x.data) },
        });
        await session.close();
        const kept = sum.dims.slice(sum.leading);
        expect(y!.dims).toEqual(sum.keep ? [...sum.dims.slice(0, sum.leading).map(() => 1), ...kept] : kept);
        const width = sizeOf(kept);
        const expected = new Float64Array(width);
        x.data.forEach((value, i) => {
          expected[i % width]! += value;
        });
        expected.forEach((value, i) => {
          expect(Math.abs((y!.data as Float32Array)[i]! - value)).toBeLessThan(1e-4);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('stay sums for other runtimes, and over other axes', () => {
    const ops = (graph: Graph): string[] => graph.nodes.map(({ op }) => op);
    expect(
      ops(lower(summing({ dims: [4, 3], leading: 1, keep: false, negative: false }), 'portable')),
    ).toContain('ReduceSum');
    const graph = new Graph();
    graph.opsets.set('', 21);
    const builder = new GraphBuilder(graph);
    builder.output(builder.reduceSum(builder.input('x', 'float32', [4, 3]), [1]), 'y');
    expect(ops(lower(graph, 'cpu'))).toContain('ReduceSum');
  });
});
