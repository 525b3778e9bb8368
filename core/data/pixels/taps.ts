/** Which input pixels an output pixel is made of when a side is resized, as Pillow has it. */

export type Filter = 'nearest' | 'bilinear' | 'bicubic' | 'lanczos';

/** Shares are whole multiples of 2^-22, so that sums of 8-bit values times shares stay within 32 bits. */
export const SHARE_BITS = 22;

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

/** For each output pixel of a side. */
export interface Taps {
  /** The first input pixel that it is made of; it and the following `each` - 1 are all within the side. */
  readonly first: Int32Array;
  /** Their shares, [outputs, each], in units of 2^-SHARE_BITS. */
  readonly shares: Int32Array;
  readonly each: number;
}

/**
 * Output pixel x looks at the place (x + 0.5) / s - 0.5 of the input, s being the enlargement, with a filter. Where a side
 * shrinks, the filter is widened by as much, so that what is between the pixels is not lost (antialiasing).
 * @param from pixels of the side. @param to pixels that it is resized to, of which `count` are wanted from `begin` on.
 */
export function tapsOf(from: number, to: number, begin: number, count: number, filter: Filter): Taps {
  const scale = from / to;
  const whole = 2 ** SHARE_BITS;
  const first = new Int32Array(count);
  if (filter === 'nearest') {
    // Added up, as Pillow has it: where the place is a whole number, rounding decides.
    for (let i = -begin, place = 0.5 * scale; i < count; i++, place += scale)
      if (i >= 0) first[i] = Math.min(from - 1, Math.floor(place));
    return { first, shares: new Int32Array(count).fill(whole), each: 1 };
  }
  const { reach, weight } = FILTERS[filter];
  const widening = Math.max(1, scale);
  const support = reach * widening;
  const each = Math.min(from, Math.floor(2 * support) + 1);
  const shares = new Int32Array(count * each);
  const weights = new Float64Array(each);
  for (let i = 0; i < count; i++) {
    const centre = (begin + i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const used = Math.min(from, Math.trunc(centre + support + 0.5)) - start;
    let sum = 0;
    for (let k = 0; k < used; k++) {
      const x = Math.abs(start + k + 0.5 - centre) / widening;
      weights[k] = x < reach ? weight(x) : 0;
      sum += weights[k]!;
    }
    // At the far end there may be fewer than `each`: those before them count as well, with nothing.
    first[i] = Math.min(start, from - each);
    const at = i * each + start - first[i]!;
    for (let k = 0; k < used; k++) {
      const share = (weights[k]! / sum) * whole;
      shares[at + k] = Math.trunc(share < 0 ? share - 0.5 : share + 0.5);
    }
  }
  return { first, shares, each };
}
