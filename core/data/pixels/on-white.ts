import type { Pixels } from './pixels.ts';

/** Colours and their opacity, laid on white: four bytes a pixel, [height, width, 4]; rounded as Pillow and browsers do it. */
export function onWhite({ data, width, height }: OpenPixels): Pixels {
  const rgb = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; to < rgb.length; from += 4) {
    const alpha = data[from + 3]! / 255;
    for (let c = 0; c < 3; c++) rgb[to++] = Math.round(data[from + c]! * alpha + 255 * (1 - alpha));
  }
  return { data: rgb, width, height };
}

/** Pixels of any depth. */
interface OpenPixels {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}
