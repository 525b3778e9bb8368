import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { MarnetError } from '../errors.ts';

/** Bytes that are read by position, so that a file's weights need not be in memory to see its structure. */
export interface ByteSource {
  readonly size: number;
  /** What messages call it: a path, or 'the given bytes'. */
  readonly label: string;
  /**
   * At most `length` bytes from `offset`, fewer only at the end. A view where the bytes are in memory already:
   * never write into it.
   */
  bytes(offset: number, length: number): Uint8Array;
}

export function memorySource(given: Uint8Array, label = 'the given bytes'): ByteSource {
  // Not a Buffer, whose slice() is a view and whose toString() is text.
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.length);
  return {
    size: bytes.length,
    label,
    bytes: (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** Small reads in a row are served from one window of this size; larger ones go straight to the file. */
const WINDOW = 64 * 1024;

/**
 * A file that stays on disk. It is opened anew for each read that the window cannot serve, so no descriptor is held;
 * a change of size or time between two reads is an error, as offsets taken before would point at something else.
 */
export function fileSource(path: string): ByteSource {
  const first = readRange(path, 0, 0);
  let windowStart = 0;
  let window: Uint8Array = new Uint8Array(0);
  const read = (offset: number, length: number): Uint8Array => {
    const { bytes, size, modified } = readRange(path, offset, Math.min(length, first.size - offset));
    if (size !== first.size || modified !== first.modified)
      throw new MarnetError('not-a-model', `${path} was changed while it was being read`, {
        hint: 'Run again once nothing else writes to the file.',
      });
    return bytes;
  };
  return {
    size: first.size,
    label: path,
    bytes(offset, length) {
      if (length > WINDOW) return read(offset, length);
      const end = Math.min(offset + length, first.size);
      if (offset < windowStart || end > windowStart + window.length) {
        window = read(offset, WINDOW);
        windowStart = offset;
      }
      return window.subarray(offset - windowStart, end - windowStart);
    },
  };
}

interface Range {
  readonly bytes: Uint8Array;
  readonly size: number;
  readonly modified: number;
}

function readRange(path: string, offset: number, length: number): Range {
  const fd = openSync(path, 'r');
  try {
    const { size, mtimeMs } = fstatSync(fd);
    const bytes = new Uint8Array(Math.max(0, length));
    let done = 0;
    while (done < bytes.length) {
      // One read call moves at most 2^31 - 1 bytes.
      const n = readSync(fd, bytes, done, Math.min(bytes.length - done, 1 << 30), offset + done);
      if (n === 0) break;
      done += n;
    }
    return { bytes: done < bytes.length ? bytes.subarray(0, done) : bytes, size, modified: mtimeMs };
  } finally {
    closeSync(fd);
  }
}
