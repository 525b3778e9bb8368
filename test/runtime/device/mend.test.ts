/** Convolutions that onnxruntime computes wrong on WebGPU, and the form of them that it computes right. */
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../core/grad/index.ts';
import { Graph, GraphBuilder, ints, type Tensor, toFloat32 } from '../../../core/graph/index.ts';
import { lower } from '../../../core/lower/index.ts';
import { encodeGraph } from '../../../core/onnx/index.ts';
import { mendFor } from '../../../core/runtime/device/mend.ts';
import type { Device } from '../../../core/runtime/device/name.ts';
import { openSession } from '../../../core/runtime/session.ts';
import { useSoftwareVulkan } from './vulkan.ts';

const missing = useSoftwareVulkan();
if (missing) console.log(`skipped: convolutions on WebGPU, ${missing}`);

const SIDE = 7;

function waves(dims: readonly number[]): Tensor {
  const data = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
  return { dtype: 'float32', dims, data: data.map((_, i) => Math.sin(1.7 * i + dims.length)) };
}

/** y [2, made, SIDE, SIDE] = Conv(x [2, channels, SIDE, SIDE], weights). */
function convolution(channels: number, made: number, { opset = 17, kernel = 3 } = {}): Graph {
  const graph = new Graph();
  graph.opsets.set('', opset);
  const b = new GraphBuilder(graph);
  const x = b.input('x', 'float32', [2, channels, SIDE, SIDE]);
  const weights = b.weight('weights', waves([made, channels, kernel, kernel]));
  const pads = ints(new Array(4).fill(kernel >> 1));
  b.output(b.op('Conv', [x, weights], { pads }, { names: ['y'] }));
  return graph;
}

async function outputsOf(graph: Graph, device: Device): Promise<Map<string, Float32Array>> {
  const session = await openSession(encodeGraph(graph), { device });
  try {
    const feeds = graph.inputs.map(({ name, shape }) => [name, waves(shape as number[])] as const);
    const outputs = await session.run(Object.fromEntries(feeds));
    return new Map(Object.entries(outputs).map(([name, tensor]) => [name, toFloat32(tensor)]));
  } finally {
    await session.close();
  }
}

/** Largest difference of an output, relative to the largest number in it. */
async function difference(
  [one, device]: readonly [Graph, Device],
  [other, place]: readonly [Graph, Device],
): Promise<number> {
  const [a, b] = [await outputsOf(one, device), await outputsOf(other, place)];
  return Math.max(
    ...[...b].map(([name, values]) => {
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      return (
        a.get(name)!.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i]!)), 0) / largest
      );
    }),
  );
}

describe('a Conv of channels that WebGPU computes wrong', () => {
  it.each([9, 17])('is the same with channels of zeros, in operator set %i', async (opset) => {
    const graph = convolution(6, 8, { opset });
    const mended = mendFor('webgpu', graph);
    expect(mended.nodes.map(({ op }) => op)).toEqual(['Pad', 'Pad', 'Conv']);
    expect(mended.typeOf(mended.nodes[0]!.outputs[0]!)!.shape).toEqual([2, 8, SIDE, SIDE]);
    expect(await difference([mended, 'cpu'], [graph, 'cpu'])).toBeLessThan(1e-6);
    expect(mendFor('cpu', graph)).toBe(graph);
    expect(mendFor('cuda', graph)).toBe(graph);
  });

  it('is met in the gradient of weights where the batch is 6', () => {
    const graph = new Graph();
    graph.opsets.set('', 17);
    const b = new GraphBuilder(graph);
    const x = b.input('x', 'float32', [6, 3, SIDE, SIDE]);
    const w = b.input('w', 'float32', [8, 3, 3, 3]);
    const loss = b.reduceSum(b.op('Conv', [x, w], { pads: ints([1, 1, 1, 1]) }), [0, 1, 2, 3]);
    b.output(b.value(differentiate(graph, loss.name, ['w']).w!));
    const portable = lower(graph, 'portable');
    expect(mendFor('webgpu', portable)).not.toBe(portable);
  });

  it.skipIf(missing)(
    'is exactly what is mended, and right then',
    async () => {
      for (const [channels, made, kernel] of [
        ...[3, 4, 5, 6, 7, 8, 9, 10, 12, 15].map((channels) => [channels, 8, 3] as const),
        [6, 7, 3],
        [9, 16, 5],
      ] as const) {
        const graph = convolution(channels, made, { kernel });
        const mended = mendFor('webgpu', graph);
        const before = await difference([graph, 'webgpu'], [graph, 'cpu']);
        const after = await difference([mended, 'webgpu'], [graph, 'cpu']);
        expect({ channels, made, kernel, wrong: before > 1e-3, right: after < 1e-5 }).toEqual({
          ...{ channels, made, kernel },
          wrong: mended !== graph,
          right: true,
        });
      }
    },
    120_000,
  );
});
