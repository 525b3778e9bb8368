/** Parts of an image by whole pixels. */
import { type Pixels, withData } from './pixels.ts';

export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** @param colour red, green and blue. */
export function fillRectangle(
  image: Pixels,
  { left, top, width, height }: Rectangle,
  colour: readonly [number, number, number],
): Pixels {
  const data = image.data.slice();
  for (let y = top; y < top + height; y++)
    for (let x = left; x < left + width; x++) data.set(colour, 3 * (y * image.width + x));
  return withData(image, data);
}
