/** Images of a run as one array, which goes to another thread without a copy. */
import type { RawImage } from '../../data/decode.ts';

/** Their pixels one after the other: [images, height, width, 3]. */
export interface PackedImages {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly flips: readonly boolean[];
}

/** Copies the pixels: sharp's own buffers cannot be handed to another thread. */
export function packImages(images: readonly RawImage[]): PackedImages {
  const sizes = images.map((image) => image.data.length);
  const pixels = new Uint8Array(sizes.reduce((a, b) => a + b, 0));
  let offset = 0;
  for (const { data } of images) {
    pixels.set(data, offset);
    offset += data.length;
  }
  return { pixels, flips: images.map((image) => image.flip) };
}

export function imagesOf(
  { pixels, flips }: PackedImages,
  { width, height }: { readonly width: number; readonly height: number },
): RawImage[] {
  const size = width * height * 3;
  return flips.map((flip, i) => ({ data: pixels.subarray(i * size, (i + 1) * size), width, height, flip }));
}
