/**
 * Resizing to the bit as Pillow does it, and so as torchvision does it with Pillow's images: what classifiers are trained
 * with. (libvips moves what it enlarges by half a pixel, and rounds otherwise where it shrinks.)
 */
import { applyTaps } from './kernel/apply-taps.ts';
import type { Pixels } from './pixels.ts';
import type { Rectangle } from './rectangle.ts';
import { type Filter, tapsOf } from './taps.ts';

export type { Filter } from './taps.ts';

/**
 * An image at another size, with a filter along rows, then along columns, each rounded to 8 bits.
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
  return { data: applyTaps(image, columns, rows), width: part.width, height: part.height };
}
