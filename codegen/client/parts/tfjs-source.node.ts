import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { pathOf } from './files.node.ts';

/** The path or URL of the model.json, or a handler of TensorFlow.js. */
export type ModelSource = string | URL | tf.io.IOHandler;

export function handlerOf(source: ModelSource): tf.io.IOHandler {
  if (typeof source !== 'string' && !(source instanceof URL)) return source;
  const path = pathOf(source);
  return path === undefined ? tf.io.http(String(source)) : { load: () => readModel(path) };
}

async function readModel(path: string): Promise<tf.io.ModelArtifacts> {
  const json = JSON.parse(await readFile(path, 'utf8')) as tf.io.ModelJSON;
  return tf.io.getModelArtifactsForJSON(json, async (manifest) => {
    const files = manifest.flatMap(({ paths }) => paths.map((name) => join(dirname(path), name)));
    const parts = await Promise.all(files.map(async (file) => new Uint8Array(await readFile(file)).buffer));
    return [
      manifest.flatMap(({ weights }) => weights),
      tf.io.CompositeArrayBuffer.join(parts as ArrayBuffer[]),
    ];
  });
}
