/**
 * The protobuf wire format, read with offsets: a message is a row of fields, each a tag (number and wire type)
 * and a payload. https://protobuf.dev/programming-guides/encoding/
 * Lengths above 2^31 and files that are not in memory are why this does not use a message decoder.
 */
import { MarnetError } from '../errors.ts';
import type { ByteSource } from './source.ts';

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const;

/** One field of a message, by its offsets in the source. */
export interface Field {
  readonly number: number;
  readonly wire: number;
  /** Of the tag. */
  readonly start: number;
  /** Of the payload. */
  readonly body: number;
  readonly end: number;
}

/** Reads varints from bytes in memory; each lands in `lo` and `hi`, its two unsigned 32-bit halves. */
export class Cursor {
  lo = 0;
  hi = 0;
  position: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.position = position;
  }

  get atEnd(): boolean {
    return this.position >= this.#bytes.length;
  }

  /** @returns false when the bytes end inside the varint, or it has more than the ten bytes of 64 bits. */
  next(): boolean {
    this.lo = 0;
    this.hi = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.position++];
      if (byte === undefined) return false;
      const bits = byte & 0x7f;
      if (shift < 28) this.lo |= bits << shift;
      else if (shift === 28) {
        this.lo |= bits << 28;
        this.hi = bits >>> 4;
      } else this.hi |= bits << (shift - 32);
      if (byte < 0x80) {
        this.lo >>>= 0;
        this.hi >>>= 0;
        return true;
      }
    }
    return false;
  }

  unsigned(): number {
    return this.hi * 2 ** 32 + this.lo;
  }

  signed(): number {
    return (this.hi | 0) * 2 ** 32 + this.lo;
  }
}

/** @throws MarnetError 'not-a-model' naming the message and the offset where its bytes stop making sense. */
export function readFields(source: ByteSource, start: number, end: number, message: string): Field[] {
  const fields: Field[] = [];
  let at = start;
  while (at < end) {
    const field = readField(source, at, end, message);
    fields.push(field);
    at = field.end;
  }
  return fields;
}

function readField(source: ByteSource, start: number, end: number, message: string): Field {
  const cursor = new Cursor(source.bytes(start, Math.min(20, end - start)));
  const fail = (what: string): never => {
    throw malformed(source, `${message}: ${what}`, start);
  };
  if (!cursor.next()) fail('the tag of a field is cut off');
  const number = Math.floor(cursor.unsigned() / 8);
  const wire = cursor.lo & 7;
  if (number === 0 || number > 0x1fffffff) fail(`field number ${number} does not exist in protobuf`);
  let body = start + cursor.position;
  let stop = body;
  switch (wire) {
    case WIRE.varint:
      if (!cursor.next()) fail(`field ${number} (an integer) is cut off`);
      stop = start + cursor.position;
      break;
    case WIRE.fixed64:
      stop = body + 8;
      break;
    case WIRE.fixed32:
      stop = body + 4;
      break;
    case WIRE.bytes: {
      if (!cursor.next()) fail(`the length of field ${number} is cut off`);
      body = start + cursor.position;
      stop = body + cursor.unsigned();
      break;
    }
    case WIRE.groupStart:
      stop = endOfGroup(source, body, end, number, message);
      break;
    default:
      fail(`field ${number} has wire type ${wire}, which does not exist here`);
  }
  if (stop > end)
    fail(`field ${number} should hold ${stop - body} bytes, but only ${Math.max(0, end - body)} are left`);
  return { number, wire, start, body, end: stop };
}

function endOfGroup(source: ByteSource, start: number, end: number, group: number, message: string): number {
  let at = start;
  while (at < end) {
    const cursor = new Cursor(source.bytes(at, Math.min(10, end - at)));
    if (cursor.next() && (cursor.lo & 7) === WIRE.groupEnd) return at + cursor.position;
    at = readField(source, at, end, message).end;
  }
  throw malformed(source, `${message}: group ${group} has no end`, start);
}

export function malformed(source: ByteSource, what: string, offset: number): MarnetError {
  return new MarnetError('not-a-model', `${source.label}: ${what} (at byte ${offset} of ${source.size})`, {
    hint: 'The file is damaged or incomplete: copy or download it again.',
  });
}

const utf8 = new TextDecoder();

export function payload(source: ByteSource, field: Field): Uint8Array {
  return source.bytes(field.body, field.end - field.body);
}

export function text(source: ByteSource, field: Field): string {
  return utf8.decode(payload(source, field));
}

/** An int32, int64, bool or enum field; exact up to 2^53. */
export function integer(source: ByteSource, field: Field): number {
  const cursor = new Cursor(payload(source, field));
  cursor.next();
  return cursor.signed();
}

/** A repeated integer field's share in one field: one varint, or many where it is packed. */
export function integers(source: ByteSource, field: Field): number[] {
  const cursor = new Cursor(payload(source, field));
  const values: number[] = [];
  while (!cursor.atEnd) {
    if (!cursor.next())
      throw malformed(source, `packed integers of field ${field.number} are cut off`, field.start);
    values.push(cursor.signed());
  }
  return values;
}
