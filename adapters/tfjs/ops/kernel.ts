/** Weights re-laid out from TensorFlow's order of axes to ONNX's, as they are read. */
import { sizeOf, type Tensor, type TensorData } from '../../../core/graph/index.ts';

/** The tensor with its axes in another order, as NumPy's transpose: axis i of the result is axis perm[i]. */
export function transposeTensor(tensor: Tensor, perm: readonly number[]): Tensor {
  const dims = perm.map((p) => tensor.dims[p]!);
  if (perm.every((p, i) => p === i)) return tensor;
  const strides = tensor.dims.map((_, i) => sizeOf(tensor.dims.slice(i + 1)));
  const steps = perm.map((p) => strides[p]!);
  const source = tensor.data as Float32Array;
  const data = new (source.constructor as Float32ArrayConstructor)(source.length);
  // Rows along the last axis; an odometer over the others says where each begins.
  const length = dims.at(-1) ?? 1;
  const step = steps.at(-1) ?? 1;
  const counters = new Array<number>(Math.max(0, dims.length - 1)).fill(0);
  let start = 0;
  for (let at = 0; at < data.length; ) {
    for (let i = 0; i < length; i++) data[at++] = source[start + i * step]!;
    for (let axis = counters.length - 1; axis >= 0; axis--) {
      start += steps[axis]!;
      if (++counters[axis]! < dims[axis]!) break;
      start -= dims[axis]! * steps[axis]!;
      counters[axis] = 0;
    }
  }
  return { dtype: tensor.dtype, dims, data: data as TensorData };
}

/** [...window, in, out] to [out, in, ...window]. */
export function convolutionKernel(kernel: Tensor): Tensor {
  const n = kernel.dims.length - 2;
  return transposeTensor(kernel, [n + 1, n, ...Array.from({ length: n }, (_, i) => i)]);
}

/** [height, width, in, multiplier] to [in * multiplier, 1, height, width]: both have the multiplier run fastest. */
export function depthwiseKernel(kernel: Tensor): Tensor {
  const moved = transposeTensor(kernel, [2, 3, 0, 1]);
  const [channels, multiplier, ...window] = moved.dims as [number, number, ...number[]];
  return { ...moved, dims: [channels * multiplier, 1, ...window] };
}
