import { MarnetError } from '../errors.ts';
// Not by the room's index: the threads of lanes load this, and the table of operators takes them 20 ms.
import { numberToFloat16, type Tensor } from '../graph/tensor.ts';
import { type ImageInput, imageShape } from './image-input.ts';

/**
 * Preprocessed pixels as the tensor that a model's image input takes.
 * @param pixels [count, ...] in the input's own layout; shared, not copied, where the input is float32.
 */
export function imageTensor(
  input: ImageInput,
  pixels: Float32Array,
  count: number,
  size: { readonly height: number; readonly width: number },
): Tensor {
  const dims = imageShape(input, count, size.height, size.width);
  const values = pixels.subarray(
    0,
    dims.reduce((a, b) => a * b, 1),
  );
  switch (input.dtype) {
    case 'float32':
      return { dtype: 'float32', dims, data: values };
    case 'float16':
      return { dtype: 'float16', dims, data: Uint16Array.from(values, numberToFloat16) };
    case 'uint8':
      return { dtype: 'uint8', dims, data: new Uint8Array(Uint8ClampedArray.from(values).buffer) };
    case 'float64':
      return { dtype: 'float64', dims, data: Float64Array.from(values) };
    default:
      throw new MarnetError(
        'unsupported-model',
        `the image input "${input.name}" takes ${input.dtype}; only float32, float16, float64 and uint8 images are supported`,
      );
  }
}
