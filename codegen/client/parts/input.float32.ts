import { Tensor } from 'onnxruntime-node';

export function inputTensor(values: Float32Array, shape: readonly number[]): Tensor {
  return new Tensor('float32', values, shape);
}
