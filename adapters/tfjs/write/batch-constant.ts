import { type Constant, sizeOf, type Tensor, type TensorData, toNumbers } from '../../../core/graph/index.ts';

/**
 * A tensor whose slices along an axis are all the same, cut down to one of them: what stood for a broadcast to the batch.
 * @returns undefined where they differ.
 */
export function sameAlong(tensor: Tensor, axis: number): Tensor | undefined {
  const inner = sizeOf(tensor.dims.slice(axis + 1));
  const length = tensor.dims[axis]!;
  const outer = sizeOf(tensor.dims.slice(0, axis));
  const data = tensor.data as Float32Array;
  const one = new (data.constructor as Float32ArrayConstructor)(outer * inner);
  for (let o = 0; o < outer; o++)
    for (let k = 0; k < length; k++)
      for (let i = 0; i < inner; i++) {
        const value = data[(o * length + k) * inner + i]!;
        if (k === 0) one[o * inner + i] = value;
        else if (!Object.is(one[o * inner + i], value)) return undefined;
      }
  const dims = tensor.dims.map((d, i) => (i === axis ? 1 : d));
  return { dtype: tensor.dtype, dims, data: one as TensorData };
}

/** What is computed from a shape has few elements. */
const FEW = 8;

/** Whether a folded constant has the batch, a multiple or its reciprocal among its elements. */
export function holdsBatch(constant: Constant, batch: number): boolean {
  if (sizeOf(constant.dims) > FEW) return false;
  return toNumbers(constant.read()).some(
    (value) => value !== 0 && (value % batch === 0 || Math.abs(value * batch - 1) < 1e-6),
  );
}
