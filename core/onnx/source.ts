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

/** Bytes of a window: where reading has jumped (over weights, mostly), and at most where it goes on. */
const WINDOW = { first: 4 * 1024, largest: 64 * 1024 };
/** Bytes of windows that are kept: a structure is gone through several times. */
const KEPT = 8 * 1024 * 1024;

/**
 * A file that stays on disk. Small reads are served from windows on it, larger ones go straight to it. It is opened anew for each read
 * that no window can serve, so no descriptor is held; a change of size or time between two reads is an error, as offsets
 * taken before would point at something else.
 */
export function fileSource(path: string): ByteSource {
  const first = readRange(path, 0, 0);
  const read = (offset: number, length: number): Uint8Array => {
    const { bytes, size, modified } = readRange(path, offset, Math.min(length, first.size - offset));
    if (size !== first.size || modified !== first.modified)
      throw new MarnetError('not-a-model', `${path} was changed while it was being read`, {
        hint: 'Run again once nothing else writes to the file.',
      });
    return bytes;
  };
  const windows = new Windows(read);
  return {
    size: first.size,
    label: path,
    bytes: (offset, length) =>
      length > WINDOW.largest
        ? read(offset, length)
        : windows.bytes(offset, Math.min(offset + length, first.size)),
  };
}

interface Window {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

class Windows {
  readonly #read: (offset: number, length: number) => Uint8Array;
  /** By the blocks, of the size of a first window, that each touches; of two the later. */
  readonly #byBlock = new Map<number, Window>();
  #kept = 0;
  #last: Window = { start: 0, end: 0, bytes: new Uint8Array(0) };

  constructor(read: (offset: number, length: number) => Uint8Array) {
    this.#read = read;
  }

  bytes(start: number, end: number): Uint8Array {
    const covers = (window: Window): boolean => start >= window.start && end <= window.end;
    const known = covers(this.#last) ? this.#last : this.#byBlock.get(Math.floor(start / WINDOW.first));
    const window = known && covers(known) ? known : this.#open(start, end);
    this.#last = window;
    return window.bytes.subarray(start - window.start, end - window.start);
  }

  #open(start: number, end: number): Window {
    const { start: before, end: until } = this.#last;
    const goesOn = start >= before && start <= until;
    const wanted = goesOn ? Math.min(WINDOW.largest, 4 * (until - before)) : WINDOW.first;
    const bytes = this.#read(start, Math.max(wanted, WINDOW.first, end - start));
    if (this.#kept + bytes.length > KEPT) {
      this.#byBlock.clear();
      this.#kept = 0;
    }
    this.#kept += bytes.length;
    const window = { start, end: start + bytes.length, bytes };
    for (let block = Math.floor(start / WINDOW.first); block * WINDOW.first < window.end; block++)
      this.#byBlock.set(block, window);
    return window;
  }
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
