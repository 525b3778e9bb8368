import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MarnetError } from '../errors.ts';
import type { Graph } from '../graph/index.ts';
import type { Model } from '../model.ts';
import { openSession, type Session, type SessionOptions } from './session.ts';

/** Compiles an edited graph of the model, with all of the model's weights. */
export async function openEdited(model: Model, graph: Graph, options: SessionOptions = {}): Promise<Session> {
  return withEdited(model, graph, (source) => openSession(source, options));
}

/**
 * Gives an edited graph of the model, with all of the model's weights, to whoever compiles it: as bytes, or above 2 GB,
 * which do not fit one protobuf message, as the path of a file that is there until `use` is done.
 */
export async function withEdited<T>(
  model: Model,
  graph: Graph,
  use: (source: Uint8Array | string) => Promise<T>,
): Promise<T> {
  let bytes: Uint8Array;
  try {
    bytes = model.encode(graph);
  } catch (error) {
    if (error instanceof MarnetError && error.code === 'output') return withFile(model, graph, use);
    throw error;
  }
  return use(bytes);
}

async function withFile<T>(model: Model, graph: Graph, use: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'marnet-model-'));
  try {
    const path = join(folder, 'model.onnx');
    await model.write(graph, path, { externalData: true });
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
