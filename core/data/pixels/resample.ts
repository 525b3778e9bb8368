/**
 * Resizing as Pillow does it. (libvips, which shrinks images while they are decoded, enlarges with everything moved by half
 * a pixel.)
 */
import type { Pixels } from './pixels.ts';
import type { Rectangle } from './rectangle.ts';

export type Filter = 'nearest' | 'bilinear' | 'bicubic' | 'lanczos';

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Keys' cubic with a = -0.5. */
function cubic(x: number): number {
  return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2;
}

const FILTERS: Readonly<
  Record<Exclude<Filter, 'nearest'>, { reach: number; weight: (x: number) => number }>
> = {
  bilinear: { reach: 1, weight: (x) => 1 - x },
  bicubic: { reach: 2, weight: cubic },
  lanczos: { reach: 3, weight: (x) => sinc(x) * sinc(x / 3) },
};

/** The input pixels that an output pixel is made of, and their shares. */
interface Tap {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * An image at another size: output pixel x looks at the place (x + 0.5) / s - 0.5 of the input, s being the enlargement,
 * with a filter along rows, then along columns, each rounded to 8 bits. Where a side shrinks, the filter is widened by
 * as much, so that what is between the pixels is not lost (antialiasing).
 * @param part of the resized image, which is all that is computed.
 */
export function resample(
  image: Pixels,
  size: { readonly width: number; readonly height: number },
  part: Rectangle,
  filter: Filter,
): Pixels {
  const columns = tapsOf(image.width, size.width, part.left, part.width, filter);
  const rows = tapsOf(image.height, size.height, part.top, part.height, filter);
  const wide = alongRows(image, columns);
  const data = alongColumns(wide, 3 * part.width, rows);
  return { data, width: part.width, height: part.height };
}

function tapsOf(from: number, to: number, begin: number, count: number, filter: Filter): Tap[] {
  const scale = from / to;
  return Array.from({ length: count }, (_, i) => {
    const centre = (begin + i + 0.5) * scale;
    if (filter === 'nearest') return { first: Math.min(from - 1, Math.floor(centre)), weights: [1] };
    const { reach, weight } = FILTERS[filter];
    const width = Math.max(1, scale);
    const first = Math.max(0, Math.trunc(centre - reach * width + 0.5));
    const end = Math.min(from, Math.trunc(centre + reach * width + 0.5));
    const weights = Array.from({ length: end - first }, (_, k) => {
      const x = Math.abs(first + k + 0.5 - centre) / width;
      return x < reach ? weight(x) : 0;
    });
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first, weights: weights.map((each) => each / sum) };
  });
}

/** Each row made of its own pixels. */
function alongRows({ data, width, height }: Pixels, taps: readonly Tap[]): Uint8ClampedArray {
  const out = new Uint8ClampedArray(height * taps.length * 3);
  let to = 0;
  for (let y = 0; y < height; y++)
    for (const { first, weights } of taps)
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        let at = 3 * (y * width + first) + c;
        for (let k = 0; k < weights.length; k++, at += 3) sum += weights[k]! * data[at]!;
        out[to++] = sum;
      }
  return out;
}

/** Each new row made of rows of `data`. */
function alongColumns(data: Uint8ClampedArray, stride: number, taps: readonly Tap[]): Uint8Array {
  const out = new Uint8ClampedArray(taps.length * stride);
  const sums = new Float64Array(stride);
  for (let y = 0; y < taps.length; y++) {
    const { first, weights } = taps[y]!;
    sums.fill(0);
    for (let k = 0; k < weights.length; k++) {
      const from = (first + k) * stride;
      const weight = weights[k]!;
      for (let x = 0; x < stride; x++) sums[x]! += weight * data[from + x]!;
    }
    out.set(sums, y * stride);
  }
  return new Uint8Array(out.buffer);
}
