import { describe, expect, it } from 'vitest';
import { defocusBlur, gaussianBlur, motionBlur } from '../../../core/data/pixels/blur.ts';
import { hue, saturation } from '../../../core/data/pixels/colour.ts';
import { gaussianNoise, shotNoise } from '../../../core/data/pixels/noise.ts';
import { channelMeans, type Pixels } from '../../../core/data/pixels/pixels.ts';
import { fillRectangle } from '../../../core/data/pixels/rectangle.ts';
import { brightness, channelContrast, contrast, gains, gamma } from '../../../core/data/pixels/tone.ts';
import { compose, perspectiveTo, rotationAbout, warp } from '../../../core/data/pixels/warp.ts';
import { randomStream } from '../../../core/data/random.ts';
import { ripples } from '../reference/synthetic.ts';

const image = ripples(40, 30);

function flat(value: number, width = 200, height = 200): Pixels {
  return { data: new Uint8Array(width * height * 3).fill(value), width, height };
}

function momentsOf({ data }: Pixels): { mean: number; variance: number } {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  return { mean, variance: data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length };
}

const clipped = (value: number): number => Math.min(255, Math.max(0, value));

describe('tone', () => {
  it('is its formula', () => {
    const means = channelMeans(image);
    const formulas: [Pixels, (value: number, channel: number) => number][] = [
      [brightness(image, 1.3), (v) => 1.3 * v],
      [gamma(image, 1.8), (v) => 255 * (v / 255) ** 1.8],
      [gains(image, [0.5, 1, 1.5]), (v, c) => [0.5, 1, 1.5][c]! * v],
      [channelContrast(image, 0.3), (v, c) => 0.3 * v + 0.7 * means[c]!],
      [contrast(image, 2), (v) => 2 * v - (0.299 * means[0] + 0.587 * means[1] + 0.114 * means[2])],
    ];
    for (const [changed, formula] of formulas)
      changed.data.forEach((value, i) => {
        expect(Math.abs(value - clipped(formula(image.data[i]!, i % 3)))).toBeLessThanOrEqual(0.5 + 1e-9);
      });
  });

  it('leaves the image that it is given alone', () => {
    const before = image.data.slice();
    brightness(image, 2);
    hue(image, 0.3);
    fillRectangle(image, { left: 0, top: 0, width: 5, height: 5 }, [1, 2, 3]);
    warp(image, rotationAbout(40, 30, 20));
    expect(image.data).toEqual(before);
  });
});

describe('colour', () => {
  it('turns red into green and blue, and greys not at all', () => {
    const red: Pixels = { data: Uint8Array.of(200, 20, 20, 90, 90, 90), width: 2, height: 1 };
    expect([...hue(red, 1 / 3).data]).toEqual([20, 200, 20, 90, 90, 90]);
    expect([...hue(red, -1 / 3).data]).toEqual([20, 20, 200, 90, 90, 90]);
    expect(hue(image, 0).data).toEqual(image.data);
    expect([...saturation(red, 0).data]).toEqual([74, 74, 74, 90, 90, 90]); // 0.299 * 200 + 0.701 * 20
  });
});

describe('noise', () => {
  it.each([0.02, 0.1])('Gaussian of deviation %d', (deviation) => {
    const { mean, variance } = momentsOf(gaussianNoise(flat(128), deviation, randomStream(1, 'noise')));
    // 120,000 values: the mean within 5 of its deviations, the variance (rounding adds 1/12) within 3 %.
    expect(Math.abs(mean - 128)).toBeLessThan((5 * 255 * deviation) / Math.sqrt(120000));
    expect(variance / ((255 * deviation) ** 2 + 1 / 12)).toBeCloseTo(1, 1.5);
  });

  it.each([
    [60, 128],
    [12, 80],
    [5, 40],
  ])('shot of %d photons at %d', (photons, value) => {
    const { mean, variance } = momentsOf(shotNoise(flat(value), photons, randomStream(2, 'noise')));
    expect(Math.abs(mean - value)).toBeLessThan(0.5);
    expect(variance / ((255 * value) / photons)).toBeCloseTo(1, 1.5);
  });

  it('is the same for the same stream and other for another', () => {
    const noisy = (seed: number) => gaussianNoise(image, 0.1, randomStream(seed, 'noise')).data;
    expect(noisy(1)).toEqual(noisy(1));
    expect(noisy(1)).not.toEqual(noisy(2));
    expect(shotNoise(flat(0), 5, randomStream(1, 'shot')).data.every((value) => value === 0)).toBe(true);
  });
});

describe('blur', () => {
  /** A white point in black. */
  const point = flat(0, 31, 31);
  point.data.fill(255, (15 * 31 + 15) * 3, (15 * 31 + 15) * 3 + 3);
  const weight = ({ data }: Pixels, x: number, y: number): number =>
    data[((15 + y) * 31 + 15 + x) * 3]! / 255;

  it('spreads a point as a Gaussian', async () => {
    const blurred = await gaussianBlur(point, 1.5);
    for (const [x, y] of [
      [0, 0],
      [1, 0],
      [0, -2],
      [2, 2],
      [-3, 1],
    ] as const) {
      const expected = Math.exp(-(x * x + y * y) / (2 * 1.5 ** 2)) / (2 * Math.PI * 1.5 ** 2);
      expect(Math.abs(weight(blurred, x, y) - expected)).toBeLessThan(1.5 / 255);
    }
  });

  it('spreads a point as a disc of the radius', async () => {
    const blurred = await defocusBlur(point, 4);
    const inside = 1 / (Math.PI * 16);
    expect(weight(blurred, 0, 0)).toBeCloseTo(inside, 2);
    expect(weight(blurred, 3, 0)).toBeCloseTo(inside, 2);
    expect(weight(blurred, 3, 3)).toBeLessThan(inside / 2);
    expect(weight(blurred, 5, 0)).toBe(0);
  });

  it('spreads a point along a line of the length', async () => {
    const flatLine = await motionBlur(point, 9, 0);
    for (const x of [-4, 0, 4]) expect(weight(flatLine, x, 0)).toBeCloseTo(1 / 9, 2);
    expect(weight(flatLine, 5, 0)).toBe(0);
    expect(weight(flatLine, 0, 1)).toBe(0);
    const upright = await motionBlur(point, 9, Math.PI / 2);
    expect(weight(upright, 0, 4)).toBeCloseTo(1 / 9, 2);
    expect(weight(upright, 1, 0)).toBe(0);
  });

  it('keeps what is even, to the edges', async () => {
    for (const blurred of [
      await gaussianBlur(flat(90, 20, 20), 2),
      await defocusBlur(flat(90, 20, 20), 3),
      await motionBlur(flat(90, 20, 20), 7, 0.6),
      // Less than a pixel: nothing is to be seen of it, least of all another brightness.
      await defocusBlur(flat(90, 20, 20), 0.2),
      await defocusBlur(flat(90, 20, 20), 0.04),
      await motionBlur(flat(90, 20, 20), 0.4, 0.6),
    ])
      expect(blurred.data.every((value) => Math.abs(value - 90) <= 1)).toBe(true);
  });
});

describe('warp', () => {
  it('turns by quarters exactly', () => {
    const square = ripples(16, 16);
    const turned = warp(square, rotationAbout(16, 16, 90));
    // Counterclockwise: what was on the right is at the top.
    for (let y = 0; y < 16; y++)
      for (let x = 0; x < 16; x++)
        expect(turned.data[(y * 16 + x) * 3]).toBe(square.data[(x * 16 + (15 - y)) * 3]);
    expect(warp(square, rotationAbout(16, 16, 0)).data).toEqual(square.data);
  });

  it('draws corners where they are asked for', () => {
    const corners = [
      { x: 4, y: 3 },
      { x: 37, y: 1 },
      { x: 35, y: 28 },
      { x: 2, y: 27 },
    ] as const;
    const h = perspectiveTo(40, 30, corners);
    const places = corners.map(({ x, y }) => {
      const depth = h[6] * x + h[7] * y + h[8];
      return [(h[0] * x + h[1] * y + h[2]) / depth, (h[3] * x + h[4] * y + h[5]) / depth];
    });
    const expected = [
      [0, 0],
      [40, 0],
      [40, 30],
      [0, 30],
    ];
    places.flat().forEach((value, i) => {
      expect(value).toBeCloseTo(expected.flat()[i]!, 8);
    });
  });

  it('composes', () => {
    const [a, b] = [rotationAbout(40, 30, 10), rotationAbout(40, 30, 20)];
    compose(a, b).forEach((value, i) => {
      expect(value).toBeCloseTo(rotationAbout(40, 30, 30)[i]!, 8);
    });
  });

  it('mirrors at the edges, so that nothing black comes in', () => {
    const bright: Pixels = { ...image, data: image.data.map((value) => 200 + value / 8) };
    for (const degrees of [10, 45, 170])
      expect(Math.min(...warp(bright, rotationAbout(40, 30, degrees)).data)).toBeGreaterThanOrEqual(200);
  });
});
