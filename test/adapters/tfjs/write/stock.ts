/** Graph-models run by stock TensorFlow.js, and ONNX graphs by onnxruntime, on the same inputs. */
import '@tensorflow/tfjs-backend-cpu';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import {
  encodeGraphModel,
  type GraphModelWriteOptions,
  type TfjsGraphModel,
} from '../../../../adapters/tfjs/write/index.ts';
import type { Graph, Tensor } from '../../../../core/graph/index.ts';
import { encodeGraph } from '../../../../core/onnx/index.ts';
import { openSession } from '../../../../core/runtime/session.ts';

export type Backend = 'wasm' | 'cpu';

const wasm = dirname(fileURLToPath(import.meta.resolve('@tensorflow/tfjs-backend-wasm/package.json')));

export async function useBackend(backend: Backend): Promise<void> {
  if (backend === 'wasm') {
    setWasmPaths(`${wasm}/dist/`);
    setThreadsCount(1);
  }
  await tf.setBackend(backend);
  await tf.ready();
}

/** Stock TensorFlow.js' model of one that is not written yet. */
export async function loadStock(
  model: TfjsGraphModel,
  options: GraphModelWriteOptions = {},
): Promise<GraphModel> {
  const { json, shards } = encodeGraphModel(model, options);
  const parts = [...shards.values()];
  const artifacts = {
    ...(JSON.parse(JSON.stringify(json)) as object),
    weightSpecs: json.weightsManifest.flatMap(({ weights }) => weights),
    weightData: new Uint8Array(Buffer.concat(parts)).buffer,
  };
  return loadGraphModel({ load: async () => artifacts as unknown as tf.io.ModelArtifacts });
}

/** Outputs by their names in the signature. */
export async function runStock(
  model: GraphModel,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, { readonly dims: number[]; readonly data: ArrayLike<number> }>> {
  const inputs: tf.NamedTensorMap = {};
  for (const [name, tensor] of Object.entries(feeds)) inputs[name] = toTf(tensor);
  const signature = (model as unknown as { modelSignature: { outputs: Record<string, { name: string }> } })
    .modelSignature;
  const names = Object.keys(signature.outputs);
  const given = model.execute(
    inputs,
    names.map((name) => signature.outputs[name]!.name),
  );
  const list = Array.isArray(given) ? given : [given];
  const results: Record<string, { dims: number[]; data: ArrayLike<number> }> = {};
  for (const [i, name] of names.entries())
    results[name] = { dims: list[i]!.shape, data: Array.from(await list[i]!.data()) };
  tf.dispose([...list, ...Object.values(inputs)]);
  return results;
}

function toTf(tensor: Tensor): tf.Tensor {
  const dims = [...tensor.dims];
  if (tensor.dtype === 'float32') return tf.tensor(tensor.data as Float32Array, dims, 'float32');
  if (tensor.dtype === 'bool') return tf.tensor(tensor.data as Uint8Array, dims, 'bool');
  return tf.tensor(Int32Array.from(tensor.data as ArrayLike<number | bigint>, Number), dims, 'int32');
}

export async function runOnnx(
  graph: Graph,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const session = await openSession(encodeGraph(graph));
  const results = await session.run(feeds);
  await session.close();
  return results;
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
  actual: Awaited<ReturnType<typeof runStock>>,
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
