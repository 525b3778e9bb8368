import { Tensor } from 'onnxruntime-node';
import { numberToFloat16 } from '../../../core/graph/tensor.ts';

export function inputTensor(values: Float32Array, shape: readonly number[]): Tensor {
  const bits = Uint16Array.from(values, numberToFloat16);
  // onnxruntime-node takes the Float16Array that is made of them, where the platform has one, for an empty one.
  return Object.assign(new Tensor('float16', bits, shape), { cpuData: bits });
}
