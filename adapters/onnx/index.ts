import { createHash } from 'node:crypto';
import type { Graph } from '../../core/graph/index.ts';
import type { Model } from '../../core/model.ts';
import {
  type ByteSource,
  encodeEdited,
  externalFilesOf,
  fileSource,
  looksLikeOnnx,
  type OnnxFile,
  openOnnx,
  writeEdited,
} from '../../core/onnx/index.ts';
import { separateConstants } from '../../core/runtime/separate-constants.ts';
import { annotateTypes } from '../../core/runtime/types.ts';
import { defineAdapter } from '../adapter.ts';
import { labelsIn, preprocessIn } from './metadata.ts';

/** ONNX files, their weights inside or in files beside them. */
export const onnxImporter = defineAdapter({
  name: 'onnx',
  recognises: (head, path) => /\.onnx$/i.test(path ?? '') || looksLikeOnnx(head),
  load: async (from) => modelOf(openOnnx(from), typeof from === 'string' ? from : undefined),
});

async function modelOf(file: OnnxFile, path: string | undefined): Promise<Model> {
  const base = await annotateTypes(file.graph.clone());
  base.outputs = base.outputs.map((output) => {
    const type = output.shape || output.container ? undefined : base.types.get(output.name);
    return type ? { name: output.name, ...type } : output;
  });
  const { graph, join } = separateConstants(base);
  let digest: Promise<string> | undefined;
  return {
    format: 'onnx',
    graph,
    inputs: graph.inputs,
    outputs: graph.outputs,
    preprocess: preprocessIn(file.metadata),
    labels: labelsIn(file.metadata, graph.outputs),
    metadata: file.metadata,
    producer: file.producer || undefined,
    path,
    files: path === undefined ? [] : [path, ...externalFilesOf(file, path).map((each) => each.path)],
    sha256: () => {
      digest ??= sha256Of(file, path);
      return digest;
    },
    encode: (edited: Graph, options = {}) =>
      options.externalData ? refuseExternal() : encodeEdited(file, join(edited), { base, ...options }),
    write: async (edited, target, options = {}) =>
      writeEdited(file, path, join(edited), target, { base, ...options }),
  };
}

function refuseExternal(): never {
  throw new RangeError('bytes have no file beside them: use write() with externalData');
}

async function sha256Of(file: OnnxFile, path: string | undefined): Promise<string> {
  const hash = createHash('sha256');
  const sources = [file.source];
  if (path !== undefined) for (const each of externalFilesOf(file, path)) sources.push(fileSource(each.path));
  for (const source of sources) await hashSource(hash, source);
  return hash.digest('hex');
}

const STEP = 8 * 1024 * 1024;

async function hashSource(hash: ReturnType<typeof createHash>, source: ByteSource): Promise<void> {
  for (let at = 0; at < source.size; at += STEP) {
    hash.update(source.bytes(at, STEP));
    // Lets timers and signals through between the pieces.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
