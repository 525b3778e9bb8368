/**
 * Elements in TensorProto's typed fields: float_data, int32_data (also the smaller integers, bool, and 16- and 8-bit
 * floats by their bits), int64_data, double_data, uint64_data, string_data; packed, unpacked, or a mix.
 */
import type { DType, TensorData } from '../graph/index.ts';
import { fromRaw } from './elements.ts';
import { TENSOR } from './schema.ts';
import type { ByteSource } from './source.ts';
import { Cursor, type Field, malformed, payload, text } from './wire.ts';

export function typedElements(
  source: ByteSource,
  fields: readonly Field[],
  dtype: DType,
  count: number,
): TensorData {
  const of = (number: number): Field[] => fields.filter((f) => f.number === number);
  switch (dtype) {
    case 'float32':
    case 'complex64':
      return fromRaw(dtype, joined(source, of(TENSOR.floatData)), count);
    case 'float64':
    case 'complex128':
      return fromRaw(dtype, joined(source, of(TENSOR.doubleData)), count);
    case 'string':
      return of(TENSOR.stringData).map((f) => text(source, f));
    case 'int64':
      return BigInt64Array.from(varints(source, of(TENSOR.int64Data), (c) => big(c, true)));
    case 'uint64':
      return BigUint64Array.from(varints(source, of(TENSOR.uint64Data), (c) => big(c, false)));
    case 'uint32':
      return Uint32Array.from(varints(source, of(TENSOR.uint64Data), (c) => c.lo));
    case 'int32':
      return Int32Array.from(varints(source, of(TENSOR.int32Data), (c) => c.lo));
    case 'int16':
      return Int16Array.from(varints(source, of(TENSOR.int32Data), (c) => c.lo));
    case 'uint16':
    case 'float16':
    case 'bfloat16':
      return Uint16Array.from(varints(source, of(TENSOR.int32Data), (c) => c.lo));
    case 'int8':
      return Int8Array.from(varints(source, of(TENSOR.int32Data), (c) => c.lo));
    case 'int4':
    case 'uint4':
    case 'float4e2m1':
      // An int32 carries one byte, that is two elements.
      return fromRaw(dtype, Uint8Array.from(varints(source, of(TENSOR.int32Data), (c) => c.lo)), count);
    default:
      return Uint8Array.from(varints(source, of(TENSOR.int32Data), (c) => c.lo));
  }
}

/** The payloads of fixed-size fields in a row: a view when there is one (packed), else a copy. */
function joined(source: ByteSource, fields: readonly Field[]): Uint8Array {
  if (fields.length === 1) return payload(source, fields[0]!);
  const bytes = new Uint8Array(fields.reduce((sum, f) => sum + f.end - f.body, 0));
  let at = 0;
  for (const field of fields) {
    bytes.set(payload(source, field), at);
    at += field.end - field.body;
  }
  return bytes;
}

function varints<T>(source: ByteSource, fields: readonly Field[], value: (cursor: Cursor) => T): T[] {
  const values: T[] = [];
  for (const field of fields) {
    const cursor = new Cursor(payload(source, field));
    while (!cursor.atEnd) {
      if (!cursor.next()) throw malformed(source, 'the packed elements of a tensor are cut off', field.start);
      values.push(value(cursor));
    }
  }
  return values;
}

function big(cursor: Cursor, signed: boolean): bigint {
  const value = (BigInt(cursor.hi) << 32n) | BigInt(cursor.lo);
  return signed ? BigInt.asIntN(64, value) : value;
}
