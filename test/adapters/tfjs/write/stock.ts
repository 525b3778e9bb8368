/** Graph-models that are not written yet, run by stock TensorFlow.js. */
import type { GraphModel } from '@tensorflow/tfjs-converter';
import { expect } from 'vitest';
import {
  encodeGraphModel,
  type GraphModelWriteOptions,
  type TfjsGraphModel,
} from '../../../../adapters/tfjs/write/index.ts';
import type { Tensor } from '../../../../core/graph/index.ts';
import { loadStock, type StockFiles, type StockValues } from '../stock.ts';

/** Stock TensorFlow.js' model of one that is not written yet. */
export async function loadUnwritten(
  model: TfjsGraphModel,
  options: GraphModelWriteOptions = {},
): Promise<GraphModel> {
  const { json, shards } = encodeGraphModel(model, options);
  return loadStock({
    json: JSON.parse(JSON.stringify(json)),
    specs: json.weightsManifest.flatMap(({ weights }) => weights) as unknown as StockFiles['specs'],
    bytes: new Uint8Array(Buffer.concat([...shards.values()])).buffer,
  });
}

/** Largest difference between two lists of numbers, infinite where their lengths differ or one is not a number. */
export function difference(a: ArrayLike<number | bigint>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [Number(a[i]), b[i]!];
    if (Object.is(x, y)) continue;
    const d = Math.abs(x - y);
    largest = Number.isNaN(d) ? Number.POSITIVE_INFINITY : Math.max(largest, d);
  }
  return largest;
}

/** Same names, shapes and elements, within 1e-4 of the largest element (or of 1). */
export function expectSame(
  actual: StockValues,
  expected: Readonly<Record<string, Tensor>>,
  label: string,
): void {
  expect(Object.keys(actual).sort(), label).toEqual(Object.keys(expected).sort());
  for (const [name, { dims, data }] of Object.entries(expected)) {
    const wanted = Array.from(data as ArrayLike<number | bigint>, Number);
    const scale = wanted.reduce((most, v) => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most), 1);
    expect(actual[name]!.dims, `${label}: shape of ${name}`).toEqual(dims);
    expect(difference(wanted, actual[name]!.data) / scale, `${label}: ${name}`).toBeLessThan(1e-4);
  }
}
