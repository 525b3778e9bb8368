/** The synthetic images of test/judges/torchvision_images.py, and what torchvision made of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pixels } from '../../../core/data/pixels/pixels.ts';

export function ripples(width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        const value = 128 + 70 * Math.sin(0.31 * x + 0.9 * c) + 50 * Math.cos(0.23 * y * (c + 1) + 0.11 * x);
        data[(y * width + x) * 3 + c] = Math.min(255, Math.max(0, Math.round(value)));
      }
  return { data, width, height };
}

const values = JSON.parse(readFileSync(join(import.meta.dirname, 'torchvision.json'), 'utf8')) as Record<
  string,
  string
>;

/** [height, width, 3]. */
export function torchvision(name: string): Uint8Array {
  return new Uint8Array(Buffer.from(values[name]!, 'base64'));
}
