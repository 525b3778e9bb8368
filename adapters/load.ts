import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import type { Model } from '../core/model.ts';
import { BACKBONES } from './backbones/index.ts';
import { adapterPreprocess } from './knowledge.ts';
import { onnxImporter } from './onnx/index.ts';
import { BUILT_IN, importerFor, registerAdapter } from './registry.ts';
import { tfjsImporter } from './tfjs/index.ts';

for (const adapter of [onnxImporter, tfjsImporter, ...BACKBONES]) registerAdapter(adapter, BUILT_IN);

/**
 * A classifier from an ONNX file or its bytes, or from a TensorFlow.js model: its model.json, the folder that holds it,
 * or its http(s) address. Bytes must not be changed while the model is in use; weights of an ONNX file are read when they
 * are asked for.
 * @throws MarnetError 'not-a-model' for what no importer knows, 'external-data' for missing weight files,
 * 'unsupported-model', 'adapter' when an adapter fails, 'runtime' when the inference engine refuses the graph.
 */
export async function loadModel(from: string | Uint8Array): Promise<Model> {
  const path = typeof from === 'string' ? from : undefined;
  const head = typeof from === 'string' ? headOf(from) : from.subarray(0, HEAD);
  // The ONNX importer's messages are the right ones for what nobody recognises.
  const model = await (importerFor(head, path) ?? onnxImporter).load(from);
  if (model.preprocess) return model;
  const said = adapterPreprocess(model);
  return said ? { ...model, preprocess: said.preprocess, preprocessBy: said.by } : model;
}

const HEAD = 512;

function headOf(path: string): Uint8Array {
  if (!existsSync(path) || !statSync(path).isFile()) return new Uint8Array(0);
  const head = new Uint8Array(HEAD);
  const fd = openSync(path, 'r');
  try {
    return head.subarray(0, readSync(fd, head, 0, HEAD, 0));
  } finally {
    closeSync(fd);
  }
}
