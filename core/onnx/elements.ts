/** How the elements of each dtype lie in bytes: ONNX's raw_data is little-endian, row-major, without gaps. */
import type { DType, Tensor, TensorData } from '../graph/index.ts';

const BITS: Readonly<Record<Exclude<DType, 'string'>, number>> = {
  float32: 32,
  uint8: 8,
  int8: 8,
  uint16: 16,
  int16: 16,
  int32: 32,
  int64: 64,
  bool: 8,
  float16: 16,
  float64: 64,
  uint32: 32,
  uint64: 64,
  complex64: 64,
  complex128: 128,
  bfloat16: 16,
  float8e4m3fn: 8,
  float8e4m3fnuz: 8,
  float8e5m2: 8,
  float8e5m2fnuz: 8,
  uint4: 4,
  int4: 4,
  float4e2m1: 4,
};

/** Bytes of `count` elements in raw form; two 4-bit elements share a byte. Strings have no raw form. */
export function rawSize(dtype: DType, count: number): number {
  if (dtype === 'string') throw new RangeError('strings have no raw form');
  return Math.ceil((BITS[dtype] * count) / 8);
}

type NumericArray = Exclude<TensorData, readonly string[]>;
type NumericArrayConstructor = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): NumericArray;
};

function arrayOf(dtype: DType): NumericArrayConstructor {
  switch (dtype) {
    case 'float32':
    case 'complex64':
      return Float32Array;
    case 'float64':
    case 'complex128':
      return Float64Array;
    case 'int8':
      return Int8Array;
    case 'int16':
      return Int16Array;
    case 'uint16':
    case 'float16':
    case 'bfloat16':
      return Uint16Array;
    case 'int32':
      return Int32Array;
    case 'uint32':
      return Uint32Array;
    case 'int64':
      return BigInt64Array;
    case 'uint64':
      return BigUint64Array;
    default:
      return Uint8Array;
  }
}

/**
 * `count` elements from their raw bytes: a view where the bytes are aligned, else a copy. 4-bit elements get one
 * array element each (int4 as Int8Array); complex numbers two, real then imaginary part.
 */
export function fromRaw(dtype: DType, raw: Uint8Array, count: number): TensorData {
  if (dtype === 'int4' || dtype === 'uint4' || dtype === 'float4e2m1')
    return unpackNibbles(dtype, raw, count);
  const Elements = arrayOf(dtype);
  const aligned = raw.byteOffset % Elements.BYTES_PER_ELEMENT === 0 ? raw : raw.slice();
  return new Elements(
    aligned.buffer,
    aligned.byteOffset,
    Math.floor(raw.length / Elements.BYTES_PER_ELEMENT),
  );
}

/** The raw bytes of a tensor that is not of strings: a view of its elements, but for 4-bit ones. */
export function toRaw(tensor: Tensor): Uint8Array {
  const data = tensor.data as NumericArray;
  if (tensor.dtype === 'int4' || tensor.dtype === 'uint4' || tensor.dtype === 'float4e2m1')
    return packNibbles(data as Int8Array | Uint8Array);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function unpackNibbles(dtype: DType, raw: Uint8Array, count: number): TensorData {
  const signed = dtype === 'int4';
  const out = signed ? new Int8Array(count) : new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const nibble = (raw[i >> 1]! >> (i & 1 ? 4 : 0)) & 15;
    out[i] = signed && nibble > 7 ? nibble - 16 : nibble;
  }
  return out;
}

function packNibbles(data: Int8Array | Uint8Array): Uint8Array {
  const raw = new Uint8Array(Math.ceil(data.length / 2));
  for (let i = 0; i < data.length; i++) raw[i >> 1]! |= (data[i]! & 15) << (i & 1 ? 4 : 0);
  return raw;
}
