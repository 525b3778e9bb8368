import type { Tensor } from 'onnxruntime-node';

export function outputValues(data: Tensor.DataType): Float32Array {
  return Float32Array.from(data as Float32Array);
}
