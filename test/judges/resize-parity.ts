/**
 * Resizing and cropping beside torchvision's on Pillow images, antialiased, on photographs.
 *
 *   python test/judges/torchvision_images.py photos FOLDER 224 PHOTO...
 *   npx tsx test/judges/resize-parity.ts FOLDER 224 PHOTO...          the same photographs in the same order
 *
 * Prints the mean and the largest difference of each in levels of 255, and fails where a mean is above 2.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { decodeRaw } from '../../core/data/decode.ts';
import type { Preprocess } from '../../core/data/index.ts';

const BOUND = 2;

const [folder, size, ...photos] = process.argv.slice(2);
if (!folder || !size || photos.length === 0) {
  console.error('usage: resize-parity.ts FOLDER SIZE PHOTO...');
  process.exit(2);
}
const side = Number(size);
const failures: string[] = [];
for (const interpolation of ['bilinear', 'bicubic'] as const) {
  const means: number[] = [];
  for (const [i, photo] of photos.entries()) {
    const preprocess: Preprocess = {
      ...{ width: side, height: side, layout: 'NHWC', channels: 'RGB', resize: 'crop' },
      ...{ resizeTo: Math.round(side / 0.875), interpolation, scale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
    };
    const { data } = await decodeRaw(photo, preprocess);
    const expected = readFileSync(join(folder, `${i}-${interpolation}.rgb`));
    const differences = data.map((value, k) => Math.abs(value - expected[k]!));
    const largest = differences.reduce((a, b) => Math.max(a, b), 0);
    const mean = differences.reduce((a, b) => a + b, 0) / differences.length;
    means.push(mean);
    const name = basename(photo);
    if (photos.length <= 40 || mean > 1)
      console.log(`${interpolation} ${name}: mean ${mean.toFixed(3)}, largest ${largest}`);
    if (!(mean <= BOUND)) failures.push(`${interpolation} ${name}`);
  }
  const overall = means.reduce((a, b) => a + b, 0) / means.length;
  console.log(
    `${interpolation}: ${means.length} photographs, mean ${overall.toFixed(3)}, worst ${Math.max(...means).toFixed(3)}`,
  );
}
if (failures.length > 0) {
  console.error(`above ${BOUND}/255: ${failures.join(', ')}`);
  process.exit(1);
}
