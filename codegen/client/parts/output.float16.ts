import type { Tensor } from 'onnxruntime-node';
import { float16ToNumber } from '../../../core/graph/tensor.ts';

/** Platforms that have a Float16Array give one, others give bits. */
export function outputValues(data: Tensor.DataType): Float32Array {
  return data instanceof Uint16Array
    ? Float32Array.from(data, float16ToNumber)
    : Float32Array.from(data as unknown as ArrayLike<number>);
}
