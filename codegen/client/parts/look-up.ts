import type { LookUp, Mirrored } from '../../../core/data/pixels/look-up.ts';

/** Writes the numbers that the bytes of an image stand for into `out`, from `offset` on. */
export function lookUp(image: Mirrored, how: LookUp, out: Float32Array, offset: number): void {
  const { data, width, height, flip } = image;
  const { tables, sources, plane, stride } = how;
  sources.forEach((source, i) => {
    const numbers = tables[i]!;
    let to = offset + i * plane;
    for (let y = 0; y < height; y++) {
      let from = 3 * (y * width + (flip ? width - 1 : 0)) + source;
      for (let x = 0; x < width; x++, from += flip ? -3 : 3, to += stride) out[to] = numbers[data[from]!]!;
    }
  });
}
