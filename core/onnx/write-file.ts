import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { MarnetError } from '../errors.ts';
import type { Piece } from './rope.ts';

export interface FileToWrite {
  readonly path: string;
  readonly content: Piece;
}

/**
 * Writes files all or none: each to a temporary file in its own folder, then renamed in the given order. What is in
 * memory at a time is one piece.
 * @throws MarnetError 'output' naming the file and what the system said; nothing of it is left behind.
 */
export function writeFiles(files: readonly FileToWrite[]): void {
  const temporary: string[] = [];
  const finished: string[] = [];
  let current = '';
  try {
    for (const file of files) {
      current = file.path;
      const temp = path.join(path.dirname(file.path), `.${path.basename(file.path)}.${randomUUID()}.tmp`);
      const fd = openSync(temp, 'wx');
      temporary.push(temp);
      try {
        writePiece(fd, file.content);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
    }
    files.forEach((file, i) => {
      current = file.path;
      const existed = existsSync(file.path);
      renameSync(temporary[i]!, file.path);
      if (!existed) finished.push(file.path);
    });
  } catch (error) {
    for (const file of [...temporary, ...finished]) rmSync(file, { force: true });
    throw outputError(current, error);
  }
}

const BUFFER = 1024 * 1024;

/** Small pieces are put together, so that thousands of records are not thousands of system calls. */
function writePiece(fd: number, content: Piece): void {
  const buffer = new Uint8Array(BUFFER);
  let filled = 0;
  const writeAll = (bytes: Uint8Array): void => {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done);
  };
  content.write((bytes) => {
    if (filled + bytes.length > BUFFER) {
      writeAll(buffer.subarray(0, filled));
      filled = 0;
    }
    if (bytes.length >= BUFFER) writeAll(bytes);
    else {
      buffer.set(bytes, filled);
      filled += bytes.length;
    }
  });
  writeAll(buffer.subarray(0, filled));
}

const REASONS: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ENOSPC: ['the disk is full', 'Free some space, or write to another disk.'],
  EDQUOT: ['the disk quota is used up', 'Free some space, or write to another disk.'],
  EFBIG: [
    'a file of its size is not allowed there',
    'Choose another disk, or raise the limit ("ulimit -f").',
  ],
  EACCES: ['the folder is not writable', 'Choose a folder that you may write to.'],
  EPERM: ['the folder is not writable', 'Choose a folder that you may write to.'],
  EROFS: ['the disk is read-only', 'Choose a folder on another disk.'],
  ENOENT: ['its folder does not exist', 'Create the folder first.'],
  ENOTDIR: ['a part of its path is not a folder', 'Choose another path.'],
  EISDIR: ['it is a folder', 'Give the path of a file.'],
};

function outputError(file: string, error: unknown): unknown {
  if (error instanceof MarnetError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const [what, hint] = REASONS[code] ?? [String((error as Error).message ?? error), 'Choose another path.'];
  return new MarnetError('output', `cannot write ${file}: ${what}`, { hint, cause: error });
}
