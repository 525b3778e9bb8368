import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MarnetError } from '../errors.ts';
import type { Graph } from '../graph/index.ts';
import { decodeGraph, encodeGraph } from '../onnx/index.ts';
import { openSession } from './session.ts';

/**
 * The graph as onnxruntime's own basic optimizations leave it: functions inlined, constants folded, shape arithmetic
 * gone where the input shapes are fixed, only standard ops. Names of inputs and outputs stay. What must survive as it
 * is (trainable weights) has to be an input before.
 * @param optimization 'all' also fuses, and brings in kernels that only this machine has.
 * @throws MarnetError 'runtime' when onnxruntime refuses it, 'output' when temporary files cannot be written.
 */
export async function simplify(graph: Graph, optimization: 'basic' | 'all' = 'basic'): Promise<Graph> {
  const folder = await mkdtemp(join(tmpdir(), 'marnet-simplify-'));
  try {
    const path = join(folder, 'simplified.onnx');
    const bytes = encodeGraph(graph);
    try {
      const session = await openSession(bytes, { optimization, saveOptimized: path });
      await session.close();
    } catch (error) {
      await requireRoom(folder, bytes);
      throw error;
    }
    return decodeGraph(await readFile(path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** onnxruntime does not say so when the disk is full. */
async function requireRoom(folder: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(join(folder, 'room'), bytes);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new MarnetError('output', `temporary files cannot be written to "${folder}" (${code})`, {
      hint: 'Free some space there, or name another folder in the environment variable TMPDIR.',
      cause,
    });
  }
}
