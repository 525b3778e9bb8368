import { Tensor } from 'onnxruntime-node';

/** Rounded, and kept within 0..255. */
export function inputTensor(values: Float32Array, shape: readonly number[]): Tensor {
  return new Tensor('uint8', new Uint8Array(Uint8ClampedArray.from(values).buffer), shape);
}
