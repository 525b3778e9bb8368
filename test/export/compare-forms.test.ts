import { describe, expect, it } from 'vitest';
import { compareForms } from '../../core/export/index.ts';
import { constantOf, float32, fromFloat32, Graph, type Tensor } from '../../core/graph/index.ts';

function graphWith(weight: Tensor): Graph {
  const graph = new Graph();
  graph.constants.set('weight', constantOf(weight));
  return graph;
}
const single = graphWith(float32([1, 2]));
const half = graphWith(fromFloat32(Float32Array.of(1, 2), [2], 'float16'));

async function* images() {
  yield float32(new Float32Array(2), [2, 1]);
}

/** Two images of two classes, the second form off by `off` in its first score. */
const compare = (graph: Graph, off: number, rounded = false, first = 1) =>
  compareForms({
    path: 'model.json',
    graph,
    images: images(),
    expected: async () => Float32Array.of(first, 0, 0, 1),
    actual: async () => Float32Array.of(first + off, 0, 0, 1),
    rounded,
  });

describe('two forms of a model', () => {
  it('may differ by what its precision rounds', async () => {
    expect((await compare(single, 5e-4)).largestDifference).toBeCloseTo(5e-4, 6);
    await expect(compare(single, 5e-3)).rejects.toMatchObject({ code: 'verification' });
    expect((await compare(half, 5e-3)).largestDifference).toBeCloseTo(5e-3, 6);
    await expect(compare(half, 5e-2)).rejects.toMatchObject({ code: 'verification' });
  });

  it('must be numbers, even where both are none', async () => {
    await expect(compare(single, 0, false, Number.NaN)).rejects.toMatchObject({ code: 'verification' });
    await expect(compare(single, 0, false, Number.POSITIVE_INFINITY)).rejects.toMatchObject({
      code: 'verification',
    });
  });

  it('may differ by anything where weights are rounded on demand, but must be numbers', async () => {
    expect(await compare(single, -3, true)).toMatchObject({
      agreement: 0.5,
      largestDifference: 3,
      images: 2,
    });
    await expect(compare(single, Number.NaN, true)).rejects.toMatchObject({ code: 'verification' });
  });
});
