/** Models as stock TensorFlow.js runs them: the judge of our translation. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '../../../../core/graph/index.ts';

export type Backend = 'wasm' | 'cpu';

/** What a model.json and its shards say, together. */
export interface StockModel {
  readonly json: Readonly<Record<string, unknown>>;
  readonly specs: readonly tf.io.WeightsManifestEntry[];
  readonly bytes: ArrayBuffer;
}

export async function stockFromFile(file: string): Promise<StockModel> {
  const json = JSON.parse(await readFile(file, 'utf8')) as {
    weightsManifest: { paths: string[]; weights: tf.io.WeightsManifestEntry[] }[];
  };
  const shards: Buffer[] = [];
  for (const group of json.weightsManifest)
    for (const shard of group.paths) shards.push(await readFile(path.join(path.dirname(file), shard)));
  const joined = Buffer.concat(shards);
  return {
    json: json as unknown as Readonly<Record<string, unknown>>,
    specs: json.weightsManifest.flatMap((group) => group.weights),
    bytes: joined.buffer.slice(joined.byteOffset, joined.byteOffset + joined.length) as ArrayBuffer,
  };
}

export async function loadStock(model: StockModel, backend: Backend): Promise<GraphModel> {
  await tf.setBackend(backend);
  await tf.ready();
  return await loadGraphModel({
    load: async () =>
      ({
        ...model.json,
        weightSpecs: [...model.specs],
        weightData: model.bytes,
      }) as tf.io.ModelArtifacts,
  });
}

/** @param outputs node names, with `:k` for outputs after the first. */
export async function runStock(
  model: GraphModel,
  feeds: Readonly<Record<string, Tensor>>,
  outputs: readonly string[],
): Promise<Record<string, { dims: number[]; data: number[] }>> {
  const inputs: tf.NamedTensorMap = {};
  for (const [name, { dims, data, dtype }] of Object.entries(feeds))
    inputs[name] = tf.tensor(data as Float32Array, [...dims], dtype as 'float32');
  const asked = outputs.map((name) => (name.includes(':') ? name : `${name}:0`));
  const result = await model.executeAsync(inputs, asked);
  const tensors = Array.isArray(result) ? result : [result];
  const values: Record<string, { dims: number[]; data: number[] }> = {};
  for (const [i, tensor] of tensors.entries())
    values[outputs[i]!] = { dims: tensor.shape, data: Array.from(await tensor.data()) };
  tf.dispose([...tensors, ...Object.values(inputs)]);
  return values;
}
