import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MarnetError } from '../errors.ts';
import type { Graph } from '../graph/index.ts';
import type { Model } from '../model.ts';
import { openSession, type Session, type SessionOptions } from './session.ts';

/** Compiles an edited graph of the model, with all of the model's weights. */
export async function openEdited(model: Model, graph: Graph, options: SessionOptions = {}): Promise<Session> {
  let bytes: Uint8Array;
  try {
    bytes = model.encode(graph);
  } catch (error) {
    if (error instanceof MarnetError && error.code === 'output')
      return openThroughFile(model, graph, options);
    throw error;
  }
  return openSession(bytes, options);
}

/** Models above 2 GB do not fit one protobuf message: their weights go through a file. */
async function openThroughFile(model: Model, graph: Graph, options: SessionOptions): Promise<Session> {
  const folder = await mkdtemp(join(tmpdir(), 'marnet-model-'));
  try {
    const path = join(folder, 'model.onnx');
    await model.write(graph, path, { externalData: true });
    return await openSession(path, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
