import { expect } from 'vitest';
import { graphModelGraph } from '../../../../adapters/tfjs/graph-model/index.ts';
import { sinkTransposes } from '../../../../adapters/tfjs/layout/index.ts';
import { type Graph, sizeOf, type Tensor } from '../../../../core/graph/index.ts';
import {
  type Backend,
  loadStock,
  runOnnx,
  runStock,
  type StockFiles,
  type StockValues,
  useBackend,
} from '../stock.ts';
import { type Draft, noise } from './draft.ts';

/** The largest difference that is taken for rounding. */
export const TOLERANCE = 1e-4;

/** A tensor for each input of the graph, the batch being 2 where it is open. */
export function feedsFor(graph: Graph, scale = 1): Record<string, Tensor> {
  return Object.fromEntries(
    graph.inputs.map(({ name, dtype, shape }, at): [string, Tensor] => {
      const dims = shape!.map((d) => (typeof d === 'number' ? d : 2));
      const values = noise(sizeOf(dims), at + 1).map((v) => v * scale);
      if (dtype === 'int32')
        return [name, { dtype, dims, data: Int32Array.from(values, (v) => Math.round(v * 5)) }];
      if (dtype === 'bool')
        return [name, { dtype, dims, data: Uint8Array.from(values, (v) => Number(v > 0)) }];
      return [name, { dtype: 'float32', dims, data: values }];
    }),
  );
}

/** Runs the model in stock TensorFlow.js with wasm, or on cpu where wasm lacks a kernel of it. */
export async function judge(
  model: StockFiles,
  feeds: Readonly<Record<string, Tensor>>,
  outputs: readonly string[],
): Promise<{ backend: Backend; values: StockValues }> {
  for (const backend of ['wasm', 'cpu'] as const) {
    try {
      await useBackend(backend);
      return { backend, values: await runStock(await loadStock(model), feeds, outputs) };
    } catch (error) {
      const lacks = /not registered|not supported|Not yet implemented|not yet implemented|only supports/i;
      if (backend === 'cpu' || !lacks.test(String(error))) throw error;
    }
  }
  throw new Error('unreachable');
}

/** Expects every output of the translation to have stock TensorFlow.js' shape and values. @returns the largest difference. */
export async function expectSame(
  graph: Graph,
  model: StockFiles,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<number> {
  const names = graph.outputs.map((output) => output.name);
  const ours = await runOnnx(graph, feeds);
  const { values } = await judge(model, feeds, names);
  let worst = 0;
  for (const name of names) {
    const [own, stock] = [ours[name]!, values[name]!];
    expect(own.dims, name).toEqual(stock.dims);
    const data = own.data as Float32Array;
    expect(stock.data.length, name).toBe(data.length);
    stock.data.forEach((value, at) => {
      const difference = Object.is(value, data[at]) ? 0 : Math.abs(value - Number(data[at]));
      worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
    });
    expect(worst, name).toBeLessThanOrEqual(TOLERANCE);
  }
  return worst;
}

/** A hand-made GraphDef against its translation, before and after the layout pass. */
export async function expectDraftSame(draft: Draft, scale = 1): Promise<Graph> {
  const naive = graphModelGraph(draft.artifacts);
  const graph = sinkTransposes(naive);
  const feeds = feedsFor(graph, scale);
  await expectSame(naive, draft.stock, feeds);
  await expectSame(graph, draft.stock, feeds);
  return graph;
}
