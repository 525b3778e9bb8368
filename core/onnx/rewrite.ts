import { lengthHeader } from './message.ts';
import { type Piece, Rope, rangeOf } from './rope.ts';
import type { ByteSource } from './source.ts';
import { type Field, readFields } from './wire.ts';

/** What becomes of the fields of one message; those that are not named are copied as they are. */
export class Rewrite {
  readonly #replaced = new Map<number, Rope>();
  readonly #added = new Map<number, Rope>();

  /** Puts pieces (whole fields, tag included) in the place of field `index`; none drop it. */
  replace(index: number, ...pieces: (Uint8Array | Piece)[]): void {
    const rope = new Rope();
    for (const piece of pieces) rope.push(piece);
    this.#replaced.set(index, rope);
  }

  /** Adds a piece after field `index`; -1 is before the first. */
  add(index: number, piece: Uint8Array | Piece): void {
    const rope = this.#added.get(index) ?? new Rope();
    this.#added.set(index, rope.push(piece));
  }

  get isEmpty(): boolean {
    return this.#replaced.size === 0 && this.#added.size === 0;
  }

  /** The message's new content. */
  apply(source: ByteSource, fields: readonly Field[]): Rope {
    const out = new Rope();
    const add = (index: number): void => {
      const added = this.#added.get(index);
      if (added) out.push(added);
    };
    add(-1);
    let keptFrom = -1;
    const copyUntil = (end: number): void => {
      if (keptFrom >= 0) out.push(rangeOf(source, keptFrom, end));
      keptFrom = -1;
    };
    fields.forEach((field, index) => {
      const replacement = this.#replaced.get(index);
      if (replacement) {
        copyUntil(field.start);
        out.push(replacement);
      } else if (keptFrom < 0) keptFrom = field.start;
      if (this.#added.has(index)) {
        copyUntil(field.end);
        add(index);
      }
    });
    copyUntil(fields.at(-1)?.end ?? 0);
    return out;
  }
}

/**
 * The field with new content. A length that took more bytes than it needs, as streaming encoders leave room for it,
 * does so again.
 */
export function withContent(source: ByteSource, field: Field, content: Piece): Rope {
  const size = field.end - field.body;
  const header = source.bytes(field.start, field.body - field.start);
  if (content.size === size) return new Rope().push(header).push(content);
  const canonical = lengthHeader(field.number, size);
  const padding = header.length - canonical.length;
  const changed = lengthHeader(field.number, content.size);
  return new Rope().push(padding > 0 ? padded(changed, header.length) : changed).push(content);
}

/** The message with another text in its field `number`, the last one where there are several, and all else as it was. */
export function withText(source: ByteSource, field: Field, number: number, value: string): Rope {
  const fields = readFields(source, field.body, field.end, 'message');
  const at = fields.findLastIndex((f) => f.number === number);
  const rewrite = new Rewrite();
  rewrite.replace(at, withContent(source, fields[at]!, new Rope().push(new TextEncoder().encode(value))));
  return withContent(source, field, rewrite.apply(source, fields));
}

/** A varint goes on while its bytes have their highest bit: zeros may follow. */
function padded(header: Uint8Array, length: number): Uint8Array {
  if (header.length >= length) return header;
  const wide = new Uint8Array(length).fill(0x80);
  wide.set(header);
  wide[header.length - 1]! |= 0x80;
  wide[length - 1] = 0;
  return wide;
}

export function copyOf(source: ByteSource, field: Field): Piece {
  return rangeOf(source, field.start, field.end);
}
