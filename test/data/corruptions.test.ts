import { describe, expect, it } from 'vitest';
import { CORRUPTIONS, corrupt, SEVERITIES } from '../../core/data/corruptions/index.ts';
import type { Pixels } from '../../core/data/pixels/pixels.ts';
import { randomStream } from '../../core/data/random.ts';

/** Broad waves with a texture that has no period, never near black or white: what a photograph is like. */
function photograph(width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * 3);
  const { uniform } = randomStream(1, 'texture');
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        const broad = Math.sin(x / 19 + c) + Math.cos(y / 23 - x / 41);
        const fine = 0.2 * (2 * uniform() - 1) + 0.5 * Math.sin(x / 1.1 + y / 1.7);
        const middling = Math.sin(x / 2.9 - y / 3.7 + c) + Math.cos(x / 5.3 + y / 4.1);
        data[(y * width + x) * 3 + c] = Math.round(120 + 28 * broad + 14 * middling + 12 * fine);
      }
  return { data, width, height };
}

function flat(value: number): Pixels {
  return { data: new Uint8Array(96 * 96 * 3).fill(value), width: 96, height: 96 };
}

const distance = (a: Pixels, b: Pixels): number =>
  Math.sqrt(a.data.reduce((sum, value, i) => sum + (value - b.data[i]!) ** 2, 0) / a.data.length);

const named = (name: string) => CORRUPTIONS.find((corruption) => corruption.name === name)!;
const levels = (name: string, image: Pixels, id = 'a', seed = 0) =>
  Promise.all(SEVERITIES.map((severity) => corrupt(image, named(name), severity, seed, id)));

const RANDOM = ['gamma', 'colour-cast', 'gaussian-noise', 'shot-noise', 'motion-blur'].concat([
  'haze',
  'rotation',
  'perspective',
  'occlusion',
]);

describe.each(CORRUPTIONS.map(({ name }) => name))('%s', (name) => {
  it.each([
    [96, 96],
    [100, 64],
  ])('moves further from the clean image with each severity, %d x %d', async (width, height) => {
    const image = photograph(width, height);
    const before = image.data.slice();
    let sums = [0, 0, 0, 0, 0];
    for (const id of ['a', 'b', 'c']) {
      const corrupted = await levels(name, image, id);
      for (const each of corrupted) {
        expect([each.width, each.height, each.data.length]).toEqual([width, height, width * height * 3]);
      }
      sums = sums.map((sum, i) => sum + distance(corrupted[i]!, image));
    }
    expect(image.data).toEqual(before);
    expect(sums[0]! / 3).toBeGreaterThan(1);
    for (let i = 1; i < 5; i++) expect(sums[i]).toBeGreaterThan(sums[i - 1]!);
  });

  it('is a function of seed and image', async () => {
    const image = photograph(48, 40);
    const bytes = async (id: string, seed: number) =>
      (await levels(name, image, id, seed)).map((p) => [...p.data]);
    const once = await bytes('a', 0);
    expect(await bytes('a', 0)).toEqual(once);
    // Two signs may fall alike; of eight images one differs, and so it does for eight seeds.
    const others = await Promise.all(Array.from({ length: 8 }, (_, i) => bytes(`other-${i}`, 0)));
    const seeds = await Promise.all(Array.from({ length: 8 }, (_, i) => bytes('a', i + 1)));
    const varies = (all: readonly number[][][]): boolean =>
      all.some((each) => JSON.stringify(each) !== JSON.stringify(once));
    expect([varies(others), varies(seeds)]).toEqual([RANDOM.includes(name), RANDOM.includes(name)]);
  });

  it('takes images of a few pixels', async () => {
    for (const image of [photograph(1, 1), photograph(3, 7), photograph(28, 28)])
      for (const each of await levels(name, image)) expect(each.data).toHaveLength(image.data.length);
  });
});

describe('closed forms', () => {
  it('brightness, contrast and gamma', async () => {
    const image = photograph(60, 40);
    const up = await levels('brightness-up', image);
    const down = await levels('brightness-down', image);
    const worst = (corrupted: Pixels, formula: (value: number) => number): number =>
      corrupted.data.reduce((most, value, i) => Math.max(most, Math.abs(value - formula(image.data[i]!))), 0);
    for (const [s, factor] of [1.25, 1.5, 1.8, 2.2, 2.8].entries())
      expect(worst(up[s]!, (v) => Math.min(255, factor * v))).toBeLessThanOrEqual(0.5001);
    for (const [s, factor] of [0.7, 0.5, 0.35, 0.22, 0.12].entries())
      expect(worst(down[s]!, (v) => factor * v)).toBeLessThanOrEqual(0.5001);
    const gammas = await levels('gamma', image);
    for (const [s, exponent] of [1.25, 1.5, 1.9, 2.4, 3].entries()) {
      const darker = gammas[s]!.data[0]! < image.data[0]!;
      const power = darker ? exponent : 1 / exponent;
      expect(worst(gammas[s]!, (v) => 255 * (v / 255) ** power)).toBeLessThanOrEqual(0.5001);
    }
  });

  it('noise has the variance it says', async () => {
    const gaussian = await levels('gaussian-noise', flat(128));
    [0.08, 0.12].forEach((deviation, s) => {
      expect(distance(gaussian[s]!, flat(128)) / (255 * deviation)).toBeCloseTo(1, 1.5);
    });
    const shot = await levels('shot-noise', flat(100));
    [60, 25, 12].forEach((photons, s) => {
      expect(distance(shot[s]!, flat(100)) / Math.sqrt((255 * 100) / photons)).toBeCloseTo(1, 1.5);
    });
  });

  it('a cast gives what it takes, and an occlusion covers what it says', async () => {
    for (const each of await levels('colour-cast', flat(100))) {
      const [red, green, blue] = [...each.data.subarray(0, 3)] as [number, number, number];
      expect(Math.abs(red + green + blue - 300)).toBeLessThanOrEqual(2);
    }
    const covered = await levels('occlusion', flat(0));
    [0.05, 0.12, 0.2, 0.3, 0.42].forEach((area, s) => {
      const share = covered[s]!.data.filter((value) => value === 128).length / covered[s]!.data.length;
      expect(Math.abs(share - area)).toBeLessThan(0.01);
      // A higher severity covers what a lower one does.
      const inner = covered[Math.max(0, s - 1)]!.data;
      covered[s]!.data.forEach((value, i) => {
        if (inner[i] === 128 && value !== 128) throw new Error(`uncovered at ${i}`);
      });
    });
  });

  it('haze draws everything towards its light, blurs and blocks keep the mean', async () => {
    const light = 0.9 * 255;
    for (const each of await levels('haze', flat(40)))
      expect([Math.min(...each.data) > 40, Math.max(...each.data) < light]).toEqual([true, true]);
    const image = photograph(96, 96);
    const mean = ({ data }: Pixels): number => data.reduce((sum, value) => sum + value, 0) / data.length;
    for (const name of ['defocus-blur', 'motion-blur', 'pixelate'])
      for (const each of await levels(name, image))
        expect(Math.abs(mean(each) - mean(image))).toBeLessThan(1.5);
  });
});
