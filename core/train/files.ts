import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MarnetError } from '../errors.ts';

/**
 * Writes a file so that a reader, or a crash, finds either the old or the new one: beside it, then renamed.
 * @throws MarnetError 'output' when the folder is not writable or the disk is full; the old file is then still there.
 */
export async function replaceFile(path: string, parts: readonly (Uint8Array | string)[]): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'w');
    try {
      for (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    const code = (cause as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOSPC' ? 'the disk is full' : cause instanceof Error ? cause.message : String(cause);
    throw new MarnetError('output', `cannot write ${path}: ${why}`, {
      cause,
      hint:
        code === 'ENOSPC'
          ? 'Free some space, then go on with --resume.'
          : 'Choose a run folder that can be written to.',
    });
  }
}
