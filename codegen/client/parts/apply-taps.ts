import type { Pixels } from '../../../core/data/pixels/pixels.ts';
import { SHARE_BITS, type Taps } from '../../../core/data/pixels/taps.ts';

/**
 * [rows, columns, 3]: each pixel the sum of pixels of the image in the shares of its column, then of its row; each sum is
 * rounded, and cut to 8 bits by the arrays that it is put into.
 */
export function applyTaps(
  { data, width, height }: Pixels,
  columns: Taps,
  rows: Taps,
): Uint8Array<ArrayBuffer> {
  const stride = 3 * columns.first.length;
  const wide = new Uint8ClampedArray(height * stride);
  for (let y = 0; y < height; y++)
    columns.first.forEach((first, i) => {
      for (let c = 0; c < 3; c++)
        wide[y * stride + 3 * i + c] = weightedSum(data, 3 * (y * width + first) + c, 3, columns, i);
    });
  const out = new Uint8ClampedArray(rows.first.length * stride);
  rows.first.forEach((first, i) => {
    for (let x = 0; x < stride; x++)
      out[i * stride + x] = weightedSum(wide, first * stride + x, stride, rows, i);
  });
  return new Uint8Array(out.buffer);
}

/** Of values `step` apart. In 32 bits, which a sum of shares times 8 bits does not leave. */
function weightedSum(
  data: Uint8Array | Uint8ClampedArray,
  from: number,
  step: number,
  { shares, each }: Taps,
  output: number,
): number {
  let sum = 2 ** (SHARE_BITS - 1);
  for (let k = 0; k < each; k++) sum += data[from + k * step]! * shares[output * each + k]!;
  return sum >> SHARE_BITS;
}
