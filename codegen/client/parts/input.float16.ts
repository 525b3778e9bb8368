import { Tensor } from 'onnxruntime-node';
import { numberToFloat16 } from '../../../core/graph/tensor.ts';

export function inputTensor(values: Float32Array, shape: readonly number[]): Tensor {
  return new Tensor('float16', Uint16Array.from(values, numberToFloat16), shape);
}
