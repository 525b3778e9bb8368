import protobuf from 'protobufjs/minimal.js';
import { type Piece, Rope } from './rope.ts';
import { WIRE } from './wire.ts';

/** A protobuf message under construction. Payloads are pushed as pieces and not copied. */
export class Message {
  readonly #rope = new Rope();
  /** Small fields that are not in the rope yet: one array for many of them. */
  #open: protobuf.Writer | undefined;

  integer(field: number, value: number | bigint): this {
    this.#tag(field, WIRE.varint).int64(longOf(value));
    return this;
  }

  float(field: number, value: number): this {
    this.#tag(field, WIRE.fixed32).float(value);
    return this;
  }

  string(field: number, value: string): this {
    this.#tag(field, WIRE.bytes).string(value);
    return this;
  }

  /** A field of bytes or an embedded message. */
  bytes(field: number, value: Uint8Array | Piece | Message): this {
    const piece = value instanceof Message ? value.rope : value;
    this.#tag(field, WIRE.bytes).uint64(piece instanceof Uint8Array ? piece.length : piece.size);
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

  get rope(): Rope {
    if (this.#open) this.#rope.push(this.#open.finish());
    this.#open = undefined;
    return this.#rope;
  }

  toBytes(): Uint8Array {
    return this.rope.toBytes();
  }

  #tag(field: number, wire: number): protobuf.Writer {
    this.#open ??= protobuf.Writer.create();
    return this.#open.uint32(tag(field, wire));
  }
}

export function lengthHeader(field: number, size: number): Uint8Array {
  return protobuf.Writer.create().uint32(tag(field, WIRE.bytes)).uint64(size).finish();
}

const tag = (field: number, wire: number): number => ((field << 3) | wire) >>> 0;

const INT64_MAX = 2n ** 63n - 1n;

/** As protobufjs takes it; a number that was 2^63 - 1 before it was rounded becomes that again. */
function longOf(value: number | bigint): number | { low: number; high: number; unsigned: boolean } {
  if (Number.isSafeInteger(value)) return value as number;
  let big = BigInt(value);
  if (big > INT64_MAX) big = INT64_MAX;
  return {
    low: Number(BigInt.asIntN(32, big)),
    high: Number(BigInt.asIntN(32, big >> 32n)),
    unsigned: false,
  };
}
