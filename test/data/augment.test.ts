import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cropWindow, DEFAULT_AUGMENT, drawAugmentation } from '../../core/data/augment/index.ts';

describe('augmentation', () => {
  it('is a function of seed, epoch and index', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(100), fc.nat(5000), (seed, epoch, index) => {
        expect(drawAugmentation(DEFAULT_AUGMENT, seed, epoch, index)).toEqual(
          drawAugmentation(DEFAULT_AUGMENT, seed, epoch, index),
        );
      }),
    );
    const draws = [
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ] as const;
    const areas = draws.map(
      ([seed, epoch, i]) => drawAugmentation(DEFAULT_AUGMENT, seed, epoch, i).windows?.[0]?.area,
    );
    expect(new Set(areas).size).toBe(4);
  });

  it('mirrors as often as asked', () => {
    const flips = (flip: number) =>
      Array.from({ length: 2000 }, (_, i) => drawAugmentation({ ...DEFAULT_AUGMENT, flip }, 3, 0, i).flip);
    expect(flips(0)).not.toContain(true);
    expect(flips(1)).not.toContain(false);
    const share = flips(0.5).filter(Boolean).length / 2000;
    expect(Math.abs(share - 0.5)).toBeLessThan(0.06);
  });

  it('has no window without a scale', () => {
    const plain = drawAugmentation({ ...DEFAULT_AUGMENT, scale: undefined }, 0, 0, 0);
    expect(cropWindow(plain, 100, 100, 1)).toBeUndefined();
  });

  it('windows lie in the image and keep to area and ratio', () => {
    const side = fc.integer({ min: 1, max: 3000 });
    fc.assert(
      fc.property(
        fc.nat(),
        side,
        side,
        fc.double({ min: 0.4, max: 2.5, noNaN: true }),
        (seed, w, h, aspect) => {
          const window = cropWindow(drawAugmentation(DEFAULT_AUGMENT, seed, 0, 0), w, h, aspect)!;
          expect(window.left).toBeGreaterThanOrEqual(0);
          expect(window.top).toBeGreaterThanOrEqual(0);
          expect(window.width).toBeGreaterThanOrEqual(1);
          expect(window.height).toBeGreaterThanOrEqual(1);
          expect(window.left + window.width).toBeLessThanOrEqual(w);
          expect(window.top + window.height).toBeLessThanOrEqual(h);
          if (Math.min(w, h) < 100) return; // Whole pixels blur the ratio of small windows.
          const ratio = window.width / window.height / aspect;
          expect(ratio).toBeGreaterThan(0.72);
          expect(ratio).toBeLessThan(1.38);
        },
      ),
    );
  });

  it('covers areas between the bounds evenly', () => {
    const areas = Array.from({ length: 3000 }, (_, i) => {
      const { width, height } = cropWindow(drawAugmentation(DEFAULT_AUGMENT, 5, 0, i), 1000, 1000, 1)!;
      return (width * height) / 1e6;
    });
    expect(Math.min(...areas)).toBeGreaterThan(0.49);
    expect(Math.max(...areas)).toBeLessThanOrEqual(1);
    expect(areas.filter((area) => area < 0.6).length).toBeGreaterThan(300);
  });

  it('falls back to the largest centred window', () => {
    // A strip of 1000 x 10: no window of half its area has a ratio near 1.
    const window = cropWindow(drawAugmentation(DEFAULT_AUGMENT, 0, 0, 0), 1000, 10, 1)!;
    expect(window).toEqual({ left: 493, top: 0, width: 13, height: 10 });
  });
});
