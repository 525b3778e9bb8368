import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Graph } from '../graph/index.ts';
import { decodeGraph, encodeGraph } from '../onnx/index.ts';
import { openSession } from './session.ts';

/**
 * The graph as onnxruntime's own basic optimizations leave it: functions inlined, constants folded, shape arithmetic
 * gone where the input shapes are fixed, only standard ops. Names of inputs and outputs stay. What must survive as it
 * is (trainable weights) has to be an input before.
 * @param optimization 'all' also fuses, and brings in kernels that only this machine has.
 */
export async function simplify(graph: Graph, optimization: 'basic' | 'all' = 'basic'): Promise<Graph> {
  const folder = await mkdtemp(join(tmpdir(), 'marnet-simplify-'));
  try {
    const path = join(folder, 'simplified.onnx');
    const session = await openSession(encodeGraph(graph), { optimization, saveOptimized: path });
    await session.close();
    return decodeGraph(await readFile(path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
