import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blockOfProbe, blockProbe } from '../../core/lower/index.ts';
import { decodeGraph, encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';

/** Channels in a block of onnxruntime's blocked layout on this machine; 1 where it has none. */
export async function machineBlock(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'marnet-block-'));
  try {
    const path = join(folder, 'optimized.onnx');
    await (await openSession(encodeGraph(blockProbe()), { saveOptimized: path })).close();
    return blockOfProbe(decodeGraph(readFileSync(path)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
