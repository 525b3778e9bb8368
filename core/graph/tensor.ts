import type { DType } from './dtype.ts';

/**
 * Elements of a tensor, row-major. float16 and bfloat16 are kept as their 16 bits in a Uint16Array,
 * bool as 0 and 1 in a Uint8Array.
 */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | readonly string[];

/** Elements with a type and sizes; rank 0 has `dims` [] and one element. */
export interface Tensor {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, d) => product * d, 1);
}

export function float32(data: ArrayLike<number>, dims: readonly number[] = [data.length]): Tensor {
  return { dtype: 'float32', dims, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

export function int64(data: readonly number[], dims: readonly number[] = [data.length]): Tensor {
  return { dtype: 'int64', dims, data: BigInt64Array.from(data, (n) => BigInt(n)) };
}

/** A tensor of one element and rank 0. */
export function scalar(
  value: number,
  dtype: 'float32' | 'float64' | 'int64' | 'int32' | 'bool' = 'float32',
): Tensor {
  switch (dtype) {
    case 'float32':
      return { dtype, dims: [], data: Float32Array.of(value) };
    case 'float64':
      return { dtype, dims: [], data: Float64Array.of(value) };
    case 'int64':
      return { dtype, dims: [], data: BigInt64Array.of(BigInt(value)) };
    case 'int32':
      return { dtype, dims: [], data: Int32Array.of(value) };
    case 'bool':
      return { dtype, dims: [], data: Uint8Array.of(value ? 1 : 0) };
  }
}

/** The elements as ordinary numbers: for shapes, axes and other small tensors; float16 is decoded. */
export function toNumbers(tensor: Tensor): number[] {
  if (tensor.dtype === 'float16') return Array.from(tensor.data as Uint16Array, float16ToNumber);
  if (tensor.dtype === 'bfloat16') return Array.from(tensor.data as Uint16Array, bfloat16ToNumber);
  return Array.from(tensor.data as ArrayLike<number | bigint | string>, Number);
}

/** IEEE 754 binary16 bits as a number. */
export function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const scratch = new DataView(new ArrayBuffer(4));

/** The number rounded to binary16 (nearest, ties to even), as its bits. */
export function numberToFloat16(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // rounds to 65536 or more
  if (magnitude < 0x38800000) {
    // Subnormal: adding 0.5 in float32 leaves the value in units of 2^-24, already rounded to even.
    scratch.setUint32(0, magnitude);
    scratch.setFloat32(0, scratch.getFloat32(0) + 0.5);
    return sign | (scratch.getUint32(0) - 0x3f000000);
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

export function bfloat16ToNumber(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

/** The number rounded to bfloat16 (nearest, ties to even), as its bits. */
export function numberToBfloat16(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  if ((bits & 0x7fffffff) > 0x7f800000) return 0x7fc0;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/**
 * A floating tensor as float32 elements; shares memory when it is float32 already.
 * @throws RangeError for a dtype that is not floating.
 */
export function toFloat32(tensor: Tensor): Float32Array {
  switch (tensor.dtype) {
    case 'float32':
      return tensor.data as Float32Array;
    case 'float64':
      return Float32Array.from(tensor.data as Float64Array);
    case 'float16':
      return Float32Array.from(tensor.data as Uint16Array, float16ToNumber);
    case 'bfloat16':
      return Float32Array.from(tensor.data as Uint16Array, bfloat16ToNumber);
    default:
      throw new RangeError(`${tensor.dtype} is not a floating type`);
  }
}

/** float32 elements as a tensor of another floating dtype, rounded to nearest. */
export function fromFloat32(data: Float32Array, dims: readonly number[], dtype: DType): Tensor {
  switch (dtype) {
    case 'float32':
      return { dtype, dims, data };
    case 'float64':
      return { dtype, dims, data: Float64Array.from(data) };
    case 'float16':
      return { dtype, dims, data: Uint16Array.from(data, numberToFloat16) };
    case 'bfloat16':
      return { dtype, dims, data: Uint16Array.from(data, numberToBfloat16) };
    default:
      throw new RangeError(`${dtype} is not a floating type`);
  }
}
