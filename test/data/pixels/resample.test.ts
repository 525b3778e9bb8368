/** Resizing against Pillow's, and its two forms against each other: the package's, and that of clients. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyTaps as inClients } from '../../../codegen/client/parts/apply-taps.ts';
import { applyTaps } from '../../../core/data/pixels/kernel/apply-taps.ts';
import type { Pixels } from '../../../core/data/pixels/pixels.ts';
import { resample } from '../../../core/data/pixels/resample.ts';
import { type Filter, SHARE_BITS, tapsOf } from '../../../core/data/pixels/taps.ts';
import { ripples, torchvision } from '../reference/synthetic.ts';

const FILTERS: readonly Filter[] = ['nearest', 'bilinear', 'bicubic', 'lanczos'];

describe.each(FILTERS)('%s', (filter) => {
  it.each([
    ['smaller', ripples(150, 110), 37, 29],
    ['much smaller along one side', ripples(150, 110), 61, 3],
    ['larger', ripples(21, 13), 33, 27],
  ] as const)('is Pillow’s to the bit: %s', (_, image, width, height) => {
    const whole = { left: 0, top: 0, width, height };
    const { data } = resample(image, { width, height }, whole, filter);
    expect(data).toEqual(torchvision(`resize ${filter} ${width}x${height}`));
  });
});

const side = fc.integer({ min: 1, max: 90 });

/** Black and white, so that filters overshoot, or anything between. */
function noise(width: number, height: number, seed: number): Pixels {
  let state = seed;
  const data = Uint8Array.from({ length: 3 * width * height }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const value = state >>> 24;
    return seed % 2 === 0 ? value : value < 128 ? 0 : 255;
  });
  return { data, width, height };
}

it('is the same in the package and in clients', () => {
  const job = fc.record({
    size: fc.tuple(side, side, side, side),
    seed: fc.nat(1000),
    filter: fc.constantFrom(...FILTERS),
  });
  fc.assert(
    fc.property(job, ({ size: [width, height, toWidth, toHeight], seed, filter }) => {
      const image = noise(width, height, seed);
      const columns = tapsOf(width, toWidth, 0, toWidth, filter);
      const rows = tapsOf(height, toHeight, 0, toHeight, filter);
      expect(applyTaps(image, columns, rows)).toEqual(inClients(image, columns, rows));
    }),
  );
});

it('of a part is that part of the whole', () => {
  const image = noise(70, 50, 3);
  const size = { width: 41, height: 60 };
  const whole = resample(image, size, { left: 0, top: 0, ...size }, 'bicubic');
  const part = resample(image, size, { left: 7, top: 20, width: 30, height: 33 }, 'bicubic');
  for (let y = 0; y < 33; y++)
    expect(part.data.subarray(90 * y, 90 * (y + 1))).toEqual(
      whole.data.subarray(3 * (41 * (y + 20) + 7), 3 * (41 * (y + 20) + 37)),
    );
});

it('leaves an image of the right size as it is, and one colour that colour, at sizes that need more memory each', () => {
  const image = noise(33, 44, 7);
  for (const filter of FILTERS)
    expect(resample(image, image, { left: 0, top: 0, width: 33, height: 44 }, filter).data).toEqual(
      image.data,
    );
  for (const width of [10, 900, 4000]) {
    const height = width;
    const flat = { data: new Uint8Array(3 * width * height).fill(201), width, height };
    const { data } = resample(
      flat,
      { width: 64, height: 64 },
      { left: 8, top: 8, width: 40, height: 40 },
      'lanczos',
    );
    expect(data).toEqual(new Uint8Array(3 * 40 * 40).fill(201));
  }
});

it('takes shares that add up to one, of pixels that are there', () => {
  fc.assert(
    fc.property(fc.tuple(side, side), fc.constantFrom(...FILTERS), ([from, to], filter) => {
      const { first, shares, each } = tapsOf(from, to, 0, to, filter);
      for (let i = 0; i < to; i++) {
        expect(first[i]! >= 0 && first[i]! + each <= from).toBe(true);
        const sum = shares.subarray(i * each, (i + 1) * each).reduce((a, b) => a + b, 0);
        expect(Math.abs(sum - 2 ** SHARE_BITS)).toBeLessThanOrEqual(each);
      }
    }),
  );
});
