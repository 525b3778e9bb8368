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

function rgbOf({ data, width, height }: RawPixels): Pixels {
  const count = width * height;
  if (data.length !== 4 * count && data.length !== 3 * count)
    throw new Error(
      `${data.length} bytes are no image of ${width}x${height}: 3 or 4 bytes a pixel are needed`,
    );
  const rgb = new Uint8Array(3 * count);
  if (data.length === 3 * count) rgb.set(data);
  else
    for (let i = 0, from = 0, to = 0; i < count; i++, from += 4) {
      const alpha = data[from + 3]! / 255;
      for (let c = 0; c < 3; c++) rgb[to++] = Math.round(data[from + c]! * alpha + 255 * (1 - alpha));
    }
  return { data: rgb, width, height };
}
