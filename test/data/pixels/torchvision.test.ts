/** Changes of pixels against torchvision's of the same names. */
import { expect, it } from 'vitest';
import { gaussianBlur } from '../../../core/data/pixels/blur.ts';
import { hue, saturation } from '../../../core/data/pixels/colour.ts';
import type { Pixels } from '../../../core/data/pixels/pixels.ts';
import { brightness, contrast, gamma } from '../../../core/data/pixels/tone.ts';
import { perspectiveTo, rotationAbout, warp } from '../../../core/data/pixels/warp.ts';
import { ripples, torchvision } from '../reference/synthetic.ts';

const image = ripples(24, 20);

/** Largest difference at least `edge` pixels from the border. */
function largestDifference(actual: Pixels, expected: Uint8Array, edge = 0): number {
  const { width, height, data } = actual;
  expect(data).toHaveLength(expected.length);
  let worst = 0;
  for (let y = edge; y < height - edge; y++)
    for (let x = edge; x < width - edge; x++)
      for (let c = 0; c < 3; c++) {
        const i = (y * width + x) * 3 + c;
        worst = Math.max(worst, Math.abs(data[i]! - expected[i]!));
      }
  return worst;
}

// torchvision cuts fractions off where this rounds them: 1 apart at most.
it.each([
  ['brightness 1.4', () => brightness(image, 1.4)],
  ['contrast 0.6', () => contrast(image, 0.6)],
  ['saturation 1.7', () => saturation(image, 1.7)],
  ['hue 0.2', () => hue(image, 0.2)],
  ['hue -0.35', () => hue(image, -0.35)],
  ['gamma 2.2', () => gamma(image, 2.2)],
] as const)('%s', (name, make) => {
  const made = make();
  expect(largestDifference(made, torchvision(name))).toBeLessThanOrEqual(1);
  expect(largestDifference(made, image.data)).toBeGreaterThan(20);
});

it('rotate 12, where no corner shows', () => {
  const turned = warp(image, rotationAbout(24, 20, 12));
  expect(largestDifference(turned, torchvision('rotate 12'), 4)).toBeLessThanOrEqual(1);
  expect(largestDifference(turned, image.data, 4)).toBeGreaterThan(20);
});

it('perspective, where no corner shows', () => {
  const corners = [
    { x: 3, y: 2 },
    { x: 22, y: 1 },
    { x: 23, y: 18 },
    { x: 2, y: 19 },
  ] as const;
  const warped = warp(image, perspectiveTo(24, 20, corners));
  expect(largestDifference(warped, torchvision('perspective'), 4)).toBeLessThanOrEqual(1);
  expect(largestDifference(warped, image.data, 4)).toBeGreaterThan(20);
});

it('blur 1.2, away from the edges', async () => {
  const blurred = await gaussianBlur(image, 1.2);
  expect(largestDifference(blurred, torchvision('blur 1.2'), 5)).toBeLessThanOrEqual(2);
  expect(largestDifference(blurred, image.data, 5)).toBeGreaterThan(5);
});
