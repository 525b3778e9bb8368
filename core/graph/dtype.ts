/** Element types of tensors, by the names onnxruntime uses, with ONNX's numbers beside them. */

export const DTYPE_NUMBER = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  complex128: 15,
  bfloat16: 16,
  float8e4m3fn: 17,
  float8e4m3fnuz: 18,
  float8e5m2: 19,
  float8e5m2fnuz: 20,
  uint4: 21,
  int4: 22,
  float4e2m1: 23,
} as const;

/** Element types of tensors, by the names onnxruntime uses: 'float32', 'int64', 'bool' and so on. */
export type DType = keyof typeof DTYPE_NUMBER;

const BY_NUMBER = new Map<number, DType>(
  (Object.entries(DTYPE_NUMBER) as [DType, number][]).map(([name, number]) => [number, name]),
);

/** The dtype with ONNX's number `n` (TensorProto.DataType), or undefined for 0 and numbers of later versions. */
export function dtypeFromNumber(n: number): DType | undefined {
  return BY_NUMBER.get(n);
}

/** Whether gradients exist for values of this type. */
export function isFloating(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64' || dtype === 'float16' || dtype === 'bfloat16';
}
