/**
 * Weights in fewer bytes, as TensorFlow.js reads them back: w = q * scale + min (uint8), or in half precision.
 * The scale of a tensor that holds both signs is shifted so that zero stays zero.
 */
import { numberToFloat16 } from '../../../core/graph/index.ts';

export type Quantization = 'uint8' | 'float16';

/** Smaller tensors (biases, scales) stay as they are: they cost little, and errors in them act on everything. */
export const QUANTIZED_FROM = 1024;

export interface Affine {
  readonly scale: number;
  readonly min: number;
}

/** The range of a tensor in 256 steps. @returns undefined where an element is not finite. */
export function affineOf(values: Float32Array): Affine | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) return undefined;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (high === low) return { scale: 1, min: low };
  const scale = (high - low) / 255;
  if (low >= 0 || high <= 0) return { scale, min: low };
  const zero = Math.round(-low / scale);
  return { scale, min: -zero * scale };
}

export function toUint8(values: Float32Array, { scale, min }: Affine): Uint8Array {
  return Uint8Array.from(values, (value) => Math.min(Math.max(Math.round((value - min) / scale), 0), 255));
}

export const toFloat16 = (values: Float32Array): Uint16Array => Uint16Array.from(values, numberToFloat16);
