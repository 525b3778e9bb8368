/** Blurs, computed by libvips in a thread of its own; the edge's pixels go on beyond it. */
import type { Sharp } from 'sharp';
import { type Pixels, withData } from './pixels.ts';

/** An image as sharp takes it, which is loaded here: `--help` names augmentations, too. */
export async function toSharp({ data, width, height }: Pixels): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Below this the next pixel gets less than half a grey level of 255. */
const LEAST_SIGMA = 0.3;

/** @param sigma of the Gaussian, in pixels. */
export async function gaussianBlur(image: Pixels, sigma: number): Promise<Pixels> {
  if (sigma < LEAST_SIGMA) return image;
  // libvips by itself cuts the bell off where it is a fifth of its height.
  const blurred = (await toSharp(image)).blur({ sigma, precision: 'float', minAmplitude: 0.01 });
  return withData(image, await blurred.raw().toBuffer());
}

/** A disc of light for each point: a lens out of focus. @param radius in pixels, fractions too. */
export function defocusBlur(image: Pixels, radius: number): Promise<Pixels> {
  const reach = Math.ceil(radius);
  return convolve(image, reach, (x, y) => overlap((dx, dy) => Math.hypot(x + dx, y + dy) <= radius));
}

/** A line of light for each point: a camera that moved. @param length in pixels. @param angle in radians. */
export function motionBlur(image: Pixels, length: number, angle: number): Promise<Pixels> {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const reach = Math.ceil(length / 2);
  const onLine = (x: number, y: number): boolean =>
    Math.abs(x * cos + y * sin) <= length / 2 && Math.abs(y * cos - x * sin) <= 0.5;
  return convolve(image, reach, (x, y) => overlap((dx, dy) => onLine(x + dx, y + dy)));
}

/** Points a side at which a pixel of a kernel is looked at. */
const FINE = 8;

/** Share of a pixel's area where the test holds; dx, dy in (-0.5, 0.5). */
function overlap(test: (dx: number, dy: number) => boolean): number {
  let hits = 0;
  for (let i = 0; i < FINE; i++)
    for (let j = 0; j < FINE; j++) if (test((i + 0.5) / FINE - 0.5, (j + 0.5) / FINE - 0.5)) hits++;
  return hits / (FINE * FINE);
}

/** What the weights of a kernel add up to. */
const DIVISOR = 1024;

/** @param weight of the kernel at x, y in -reach..reach; weights are made to add up to 1. */
async function convolve(
  image: Pixels,
  reach: number,
  weight: (x: number, y: number) => number,
): Promise<Pixels> {
  const side = 2 * reach + 1;
  const weights = Array.from({ length: side * side }, (_, i) =>
    weight((i % side) - reach, Math.floor(i / side) - reach),
  );
  const sum = weights.reduce((a, b) => a + b, 0);
  if (sum === 0) return image; // so small that it falls between the points
  // sharp takes whole numbers of at least 1 as the divisor, and another one without a word where it gets something else.
  const kernel = weights.map((each) => (DIVISOR * each) / sum);
  const convolved = (await toSharp(image)).convolve({ width: side, height: side, kernel, scale: DIVISOR });
  return withData(image, await convolved.raw().toBuffer());
}
