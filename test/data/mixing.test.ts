import { describe, expect, it } from 'vitest';
import { type AugmentOptions, drawMixing, mixImages, NO_AUGMENT } from '../../core/data/augment/index.ts';
import type { Preprocess } from '../../core/data/preprocess.ts';

const SIZE = { width: 20, height: 10 };

const preprocess = (layout: 'NCHW' | 'NHWC'): Preprocess => ({
  ...SIZE,
  layout,
  channels: 'RGB',
  resize: 'stretch',
  resizeTo: 10,
  interpolation: 'bilinear',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
});

const options = (part: Partial<AugmentOptions>): AugmentOptions => ({ ...NO_AUGMENT, ...part });

const draws = (part: Partial<AugmentOptions>, count = 3000) =>
  Array.from({ length: count }, (_, step) => drawMixing(options(part), SIZE, 3, 0, step));

describe('mixup', () => {
  it.each([0.2, 1, 4])('draws shares from Beta(a, a), a = %d', (alpha) => {
    const shares = draws({ mixup: { alpha, probability: 1 } }).map((mixing) => mixing!.share);
    const mean = shares.reduce((a, b) => a + b) / shares.length;
    const variance = shares.reduce((sum, x) => sum + (x - mean) ** 2, 0) / shares.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.04);
    const expected = 1 / (4 * (2 * alpha + 1)); // Beta(a, a)
    expect(Math.abs(variance / expected - 1)).toBeLessThan(0.1);
  });

  it('mixes each image with the one before it', () => {
    const p = preprocess('NCHW');
    const pixels = Float32Array.from({ length: 3 * 600 }, (_, i) => Math.floor(i / 600) * 10 + (i % 7));
    mixImages(pixels, 3, p, { share: 0.75, box: undefined });
    for (const [row, other] of [
      [0, 2],
      [1, 0],
      [2, 1],
    ] as const)
      for (let i = 0; i < 600; i++)
        expect(pixels[row * 600 + i]).toBeCloseTo(
          0.75 * (row * 10 + ((row * 600 + i) % 7)) + 0.25 * (other * 10 + ((other * 600 + i) % 7)),
          4,
        );
  });
});

describe('cutmix', () => {
  it('has the share that its box leaves', () => {
    for (const mixing of draws({ cutmix: { alpha: 1, probability: 1 } }, 200)) {
      const [left, top, right, bottom] = mixing!.box!;
      expect(1 - (right - left) * (bottom - top)).toBeCloseTo(mixing!.share, 9);
      // Whole pixels inside the image.
      for (const edge of [left * 20, right * 20, top * 10, bottom * 10])
        expect(Math.abs(edge - Math.round(edge))).toBeLessThan(1e-9);
      expect(Math.min(left, top, 1 - right, 1 - bottom)).toBeGreaterThanOrEqual(0);
    }
  });

  it.each(['NCHW', 'NHWC'] as const)('puts a rectangle of the image before, in %s', (layout) => {
    const p = preprocess(layout);
    const pixels = Float32Array.from({ length: 2 * 600 }, (_, i) => Math.floor(i / 600));
    mixImages(pixels, 2, p, { share: 0.7, box: [0.25, 0.2, 0.75, 0.8] });
    for (let row = 0; row < 2; row++)
      for (let y = 0; y < 10; y++)
        for (let x = 0; x < 20; x++)
          for (let c = 0; c < 3; c++) {
            const inside = x >= 5 && x < 15 && y >= 2 && y < 8;
            const at = layout === 'NCHW' ? (c * 10 + y) * 20 + x : (y * 20 + x) * 3 + c;
            expect(pixels[row * 600 + at]).toBe(inside ? 1 - row : row);
          }
  });
});

describe('both', () => {
  it('take turns by chance, as often as asked', () => {
    const drawn = draws({ mixup: { alpha: 1, probability: 0.8 }, cutmix: { alpha: 1, probability: 0.8 } });
    const mixed = drawn.filter((mixing) => mixing !== undefined);
    expect(Math.abs(mixed.length / 3000 - 0.8)).toBeLessThan(0.04);
    expect(Math.abs(mixed.filter((mixing) => mixing.box).length / mixed.length - 0.5)).toBeLessThan(0.05);
    expect(drawn.slice(0, 50)).toEqual(
      draws({ mixup: { alpha: 1, probability: 0.8 }, cutmix: { alpha: 1, probability: 0.8 } }, 50),
    );
    expect(drawMixing(NO_AUGMENT, SIZE, 0, 0, 0)).toBeUndefined();
  });
});
