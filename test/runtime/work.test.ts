import { describe, expect, it } from 'vitest';
import { float32, Graph, GraphBuilder, int, ints, str } from '../../core/graph/index.ts';
import { activationsOf } from '../../core/runtime/layers.ts';
import { workOf } from '../../core/runtime/work.ts';

const zeros = (dims: number[]) => float32(new Float32Array(dims.reduce((a, b) => a * b, 1)), dims);

describe('the work of a graph', () => {
  it('is that of its products and convolutions, and what they and the rest make', () => {
    const graph = new Graph();
    graph.opsets.set('', 17);
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float32', [2, 8, 10, 10]);
    const w = b.weight('w', zeros([12, 4, 3, 3]));
    // Two groups, stride 2: 2 x 12 x 5 x 5 outputs of 4 x 9 products each.
    const y = b.op('Conv', [x, b.relu(w)], {
      strides: ints([2, 2]),
      pads: ints([1, 1, 1, 1]),
      group: int(2),
    });
    const rows = b.reshape(y, [2, 300]);
    const z = b.op('Gemm', [rows, b.weight('g', zeros([7, 300]))], { transB: int(1) });
    const u = b.matMul(b.reshape(z, [2, 1, 7]), b.weight('m', zeros([7, 5])));
    const e = b.op(
      'Einsum',
      [u, b.weight('e', zeros([5, 3]))],
      { equation: str('bij, jk -> bik') },
      {
        types: [{ dtype: 'float32', shape: [2, 1, 3] }],
      },
    );
    b.output(e, 'out');
    const { macs, elements } = workOf(graph, activationsOf(graph, new Set()));
    expect(macs).toBe(600 * 36 + 2 * 300 * 7 + 2 * 7 * 5 + 2 * 5 * 3);
    expect(elements).toBe(600 + 14 + 10 + 6);
  });
});
