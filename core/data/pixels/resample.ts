/**
 * Resizing to the bit as Pillow does it, and so as torchvision does it with Pillow's images: what classifiers are trained
 * with. (libvips moves what it enlarges by half a pixel, and rounds otherwise where it shrinks.)
 */
import { applyTaps } from './kernel/apply-taps.ts';
import type { Pixels } from './pixels.ts';
import type { Rectangle } from './rectangle.ts';
import { type Filter, type Taps, tapsOf } from './taps.ts';

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
  const columns = tapsFor(image.width, size.width, part.left, part.width, filter);
  const rows = tapsFor(image.height, size.height, part.top, part.height, filter);
  return { data: applyTaps(image, columns, rows), width: part.width, height: part.height };
}

/** Images of one size come in rows; a photograph's sides are of a few sizes. */
const MOST_KEPT = 64;
const kept = new Map<string, Taps>();

function tapsFor(...side: Parameters<typeof tapsOf>): Taps {
  const key = side.join();
  const taps = kept.get(key) ?? tapsOf(...side);
  if (kept.size === MOST_KEPT) kept.clear();
  kept.set(key, taps);
  return taps;
}
