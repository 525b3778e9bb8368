/** Models as stock TensorFlow.js runs them, the judge of what is read and written; and graphs as onnxruntime does. */
import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import type { Graph, Tensor } from '../../../core/graph/index.ts';
import { encodeGraph } from '../../../core/onnx/index.ts';
import { openSession } from '../../../core/runtime/session.ts';

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

/** What a model.json and its shards say, together. */
export interface StockFiles {
  readonly json: Readonly<Record<string, unknown>>;
  readonly specs: readonly tf.io.WeightsManifestEntry[];
  readonly bytes: ArrayBuffer;
}

/** @param file a model.json, whatever its name. */
export function stockFiles(file: string): StockFiles {
  const json = JSON.parse(readFileSync(file, 'utf8'));
  const groups = json.weightsManifest as readonly {
    paths: string[];
    weights: tf.io.WeightsManifestEntry[];
  }[];
  const bytes = Buffer.concat(
    groups.flatMap(({ paths }) => paths.map((path) => readFileSync(join(dirname(file), path)))),
  );
  return {
    json,
    specs: groups.flatMap(({ weights }) => weights),
    bytes: new Uint8Array(bytes).buffer,
  };
}

/** What `loadGraphModel` and `loadLayersModel` read. */
function handlerOf({ json, specs, bytes }: StockFiles): tf.io.IOHandler {
  return {
    load: async () => ({ ...json, weightSpecs: [...specs], weightData: bytes }) as tf.io.ModelArtifacts,
  };
}

export async function loadStock(files: StockFiles): Promise<GraphModel> {
  return loadGraphModel(handlerOf(files));
}

/** From a folder with a model.json. */
export async function stockGraphModel(folder: string): Promise<GraphModel> {
  return loadStock(stockFiles(join(folder, 'model.json')));
}

export async function stockLayersModel(folder: string): Promise<LayersModel> {
  return loadLayersModel(handlerOf(stockFiles(join(folder, 'model.json'))));
}

export type StockValues = Record<string, { readonly dims: number[]; readonly data: number[] }>;

/** @param outputs node names, with `:k` for outputs after the first; all of the signature by their names unless told. */
export async function runStock(
  model: GraphModel,
  feeds: Readonly<Record<string, Tensor>>,
  outputs?: readonly string[],
): Promise<StockValues> {
  const inputs: tf.NamedTensorMap = {};
  for (const [name, tensor] of Object.entries(feeds)) inputs[name] = toTf(tensor);
  const { modelSignature } = model as unknown as {
    modelSignature: { outputs: Record<string, { name: string }> };
  };
  const names = outputs ?? Object.keys(modelSignature.outputs);
  const asked = names.map((name) =>
    outputs ? (name.includes(':') ? name : `${name}:0`) : modelSignature.outputs[name]!.name,
  );
  const given = await model.executeAsync(inputs, asked);
  const list = Array.isArray(given) ? given : [given];
  const results: StockValues = {};
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
  try {
    return await session.run(feeds);
  } finally {
    await session.close();
  }
}

/** A picture of smooth colours with some noise, in [low, high]: [1, height, width, 3]. */
export function picture(height: number, width: number, seed: number, low = 0, high = 1): Float32Array {
  let state = (seed * 2654435761) >>> 0;
  const noise = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length: height * width * 3 }, (_, i) => {
    const [row, column, channel] = [
      Math.floor(i / 3 / width) / height,
      (Math.floor(i / 3) % width) / width,
      i % 3,
    ];
    const wave = 0.5 + 0.5 * Math.sin(6 * row * (channel + seed) + 9 * column + channel);
    return low + (high - low) * (0.8 * wave + 0.2 * noise());
  });
}

export { tf };
