import { createHash } from 'node:crypto';
import { InferenceSession } from 'onnxruntime-node';
import { sha256OfFiles } from '../../../core/export/digest.ts';
import { engineOf } from './engine.onnxruntime.ts';
import { type Engine, requireModel } from './engine.ts';
import { bytesOf, pathOf } from './files.node.ts';
import { MODEL } from './model.ts';

/** A path, a URL (file: or http:), or the bytes of the ONNX file. */
export type ModelSource = string | URL | Uint8Array | ArrayBuffer;

export interface EngineOptions {
  /** Whether a model other than the one that this file was made of is refused, by its SHA-256; true unless told. */
  readonly verify?: boolean;
  /** Options of onnxruntime: `executionProviders`, threads and so on. */
  readonly session?: InferenceSession.SessionOptions;
}

export async function openEngine(source: ModelSource, options: EngineOptions): Promise<Engine> {
  const { verify = true, session = {} } = options;
  const path = pathOf(source);
  if (path !== undefined) {
    if (verify) requireModel(await sha256OfFiles([path]), path);
    return engineOf(await InferenceSession.create(path, session));
  }
  if (MODEL.weightFiles.length > 0)
    throw new Error(
      `${MODEL.file} keeps weights in ${MODEL.weightFiles.join(', ')}: give the path of the model, not its bytes`,
    );
  const bytes = await bytesOf(source);
  if (verify) requireModel(createHash('sha256').update(bytes).digest('hex'), 'the model that was given');
  return engineOf(await InferenceSession.create(bytes, session));
}
