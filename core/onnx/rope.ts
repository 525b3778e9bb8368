import type { ByteSource } from './source.ts';

/** Bytes that need not be in memory until they are written. */
export interface Piece {
  readonly size: number;
  write(sink: (bytes: Uint8Array) => void): void;
}

/** Bytes to be written, put together from pieces without copying them. */
export class Rope implements Piece {
  size = 0;
  readonly #pieces: (Uint8Array | Piece)[] = [];

  push(piece: Uint8Array | Piece): this {
    const size = piece instanceof Uint8Array ? piece.length : piece.size;
    if (size > 0) this.#pieces.push(piece);
    this.size += size;
    return this;
  }

  write(sink: (bytes: Uint8Array) => void): void {
    for (const piece of this.#pieces) {
      if (piece instanceof Uint8Array) sink(piece);
      else piece.write(sink);
    }
  }

  /** All of it in one array. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.size);
    let at = 0;
    this.write((piece) => {
      bytes.set(piece, at);
      at += piece.length;
    });
    return bytes;
  }
}

/** What a range is copied by: large enough to be quick, small beside any model. */
const COPY = 8 * 1024 * 1024;

export function rangeOf(source: ByteSource, start: number, end: number): Piece {
  return {
    size: end - start,
    write(sink) {
      for (let at = start; at < end; at += COPY) sink(source.bytes(at, Math.min(COPY, end - at)));
    },
  };
}
