/**
 * Saturation and hue, as torchvision defines them: saturation f gives f v + (1 - f) L with the pixel's grey L; hue s turns
 * the hue of HSV by s, where 1 is the whole circle.
 */
import { LUMA, type Pixels, toByte, withData } from './pixels.ts';

export function saturation(image: Pixels, factor: number): Pixels {
  const { data } = image;
  const out = new Uint8Array(data.length);
  const rest = 1 - factor;
  for (let i = 0; i < data.length; i += 3) {
    const [r, g, b] = [data[i]!, data[i + 1]!, data[i + 2]!];
    const grey = rest * (LUMA[0] * r + LUMA[1] * g + LUMA[2] * b);
    out[i] = toByte(factor * r + grey);
    out[i + 1] = toByte(factor * g + grey);
    out[i + 2] = toByte(factor * b + grey);
  }
  return withData(image, out);
}

/** @param turn share of the colour circle, -0.5 to 0.5. */
export function hue(image: Pixels, turn: number): Pixels {
  const { data } = image;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const [r, g, b] = [data[i]!, data[i + 1]!, data[i + 2]!];
    const max = Math.max(r, g, b);
    const range = max - Math.min(r, g, b);
    // In sixths of the circle, from red over green to blue.
    const sixth =
      range === 0 ? 0 : max === r ? (g - b) / range : max === g ? 2 + (b - r) / range : 4 + (r - g) / range;
    const turned = (((sixth + 6 * turn) % 6) + 6) % 6;
    out[i] = channel(max, range, turned, 5);
    out[i + 1] = channel(max, range, turned, 3);
    out[i + 2] = channel(max, range, turned, 1);
  }
  return withData(image, out);
}

/** HSV to one of red (5), green (3) and blue (1): V - V S max(0, min(k, 4 - k, 1)) with k = (n + hue) mod 6. */
function channel(max: number, range: number, sixth: number, n: number): number {
  const k = (n + sixth) % 6;
  return toByte(max - range * Math.max(0, Math.min(k, 4 - k, 1)));
}
