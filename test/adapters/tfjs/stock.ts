/** Models in stock TensorFlow.js, read from a folder of this machine. */
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';

/** What `loadGraphModel` and `loadLayersModel` read, from a folder with a model.json. */
export function folderHandler(folder: string): tf.io.IOHandler {
  return {
    load: async () => {
      const json = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
      const groups = json.weightsManifest as readonly {
        paths: string[];
        weights: tf.io.WeightsManifestEntry[];
      }[];
      const bytes = Buffer.concat(
        groups.flatMap((g) => g.paths.map((path) => readFileSync(join(folder, path)))),
      );
      return {
        ...json,
        weightSpecs: groups.flatMap((g) => g.weights),
        weightData: new Uint8Array(bytes).buffer,
      } as tf.io.ModelArtifacts;
    },
  };
}

export async function stockLayersModel(folder: string): Promise<LayersModel> {
  return loadLayersModel(folderHandler(folder));
}

export async function stockGraphModel(folder: string): Promise<GraphModel> {
  return loadGraphModel(folderHandler(folder));
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
