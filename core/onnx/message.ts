import protobuf from 'protobufjs/minimal.js';
import { type Piece, Rope } from './rope.ts';
import { WIRE } from './wire.ts';

/** A protobuf message under construction. Large payloads are pushed as pieces and not copied. */
export class Message {
  readonly rope = new Rope();

  integer(field: number, value: number | bigint): this {
    return this.#push(protobuf.Writer.create().uint32(tag(field, WIRE.varint)).int64(longOf(value)).finish());
  }

  float(field: number, value: number): this {
    return this.#push(protobuf.Writer.create().uint32(tag(field, WIRE.fixed32)).float(value).finish());
  }

  string(field: number, value: string): this {
    return this.#push(protobuf.Writer.create().uint32(tag(field, WIRE.bytes)).string(value).finish());
  }

  /** A field of bytes or an embedded message. */
  bytes(field: number, value: Uint8Array | Piece | Message): this {
    const piece = value instanceof Message ? value.rope : value;
    const size = piece instanceof Uint8Array ? piece.length : piece.size;
    this.#push(lengthHeader(field, size));
    this.rope.push(piece);
    return this;
  }

  packedIntegers(field: number, values: readonly (number | bigint)[]): this {
    const writer = protobuf.Writer.create();
    for (const value of values) writer.int64(longOf(value));
    return this.bytes(field, writer.finish());
  }

  packedFloats(field: number, values: readonly number[]): this {
    return this.bytes(field, new Uint8Array(Float32Array.from(values).buffer));
  }

  toBytes(): Uint8Array {
    return this.rope.toBytes();
  }

  #push(bytes: Uint8Array): this {
    this.rope.push(bytes);
    return this;
  }
}

export function lengthHeader(field: number, size: number): Uint8Array {
  return protobuf.Writer.create().uint32(tag(field, WIRE.bytes)).uint64(size).finish();
}

const tag = (field: number, wire: number): number => ((field << 3) | wire) >>> 0;

const INT64_MAX = 2n ** 63n - 1n;

/** As protobufjs takes it; a number that was 2^63 - 1 before it was rounded becomes that again. */
function longOf(value: number | bigint): { low: number; high: number; unsigned: boolean } {
  let big = BigInt(value);
  if (big > INT64_MAX) big = INT64_MAX;
  return {
    low: Number(BigInt.asIntN(32, big)),
    high: Number(BigInt.asIntN(32, big >> 32n)),
    unsigned: false,
  };
}
