import { onWhite } from '../../../core/data/pixels/on-white.ts';
import type { Pixels } from '../../../core/data/pixels/pixels.ts';
import { resample } from '../../../core/data/pixels/resample.ts';
import { placeWhole } from '../../../core/data/place.ts';
import { preprocess } from './model.ts';

/** Decoded pixels, row by row, four bytes each (red, green, blue, alpha) or three: an `ImageData` is one. */
export interface RawPixels {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** The pixels of the model's input. Transparent parts become white. */
export function fitted(image: RawPixels): Pixels {
  const { width, height } = preprocess;
  const place = placeWhole(image, preprocess);
  return resample(
    rgbOf(image),
    place,
    { left: place.left, top: place.top, width, height },
    preprocess.interpolation,
  );
}

function rgbOf(image: RawPixels): Pixels {
  const { data, width, height } = image;
  const count = width * height;
  if (data.length === 4 * count) return onWhite(image);
  if (data.length !== 3 * count)
    throw new Error(
      `${data.length} bytes are no image of ${width}x${height}: 3 or 4 bytes a pixel are needed`,
    );
  return { data: new Uint8Array(data), width, height };
}
