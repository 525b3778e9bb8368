/** Augmentations as they are drawn and applied: against torchvision's definitions, and the same for the same seed. */
import { describe, expect, it } from 'vitest';
import {
  type AugmentOptions,
  applyChanges,
  type Change,
  drawAugmentation,
  NO_AUGMENT,
} from '../../core/data/augment/index.ts';
import { loadImage } from '../../core/data/images.ts';
import type { Preprocess } from '../../core/data/preprocess.ts';
import { painted } from './folder.ts';
import { ripples } from './reference/synthetic.ts';

const EVERYTHING: AugmentOptions = {
  flip: 0.5,
  scale: [0.3, 1],
  ratio: [3 / 4, 4 / 3],
  jitter: { brightness: 0.4, contrast: 0.3, saturation: 0.2, hue: 0.1 },
  rotate: 20,
  perspective: { distortion: 0.4, probability: 1 },
  blur: { sigma: [0.5, 2], probability: 1 },
  noise: { deviation: 0.1, probability: 1 },
  erase: { probability: 1, area: [0.05, 0.2] },
};

const drawn = (options: Partial<AugmentOptions>, count = 2000): readonly Change[] =>
  Array.from(
    { length: count },
    (_, i) => drawAugmentation({ ...NO_AUGMENT, ...options }, 7, 0, i).changes,
  ).flat();

const spread = (values: readonly number[]) => ({ least: Math.min(...values), most: Math.max(...values) });

describe('draws', () => {
  it('keep to their bounds and fill them', () => {
    const jitter = drawn({ jitter: { brightness: 0.4, contrast: 2, saturation: 0.2, hue: 0.1 } });
    const factors = (kind: string): number[] =>
      jitter.flatMap((change) => (change.kind === kind && 'factor' in change ? [change.factor] : []));
    for (const [kind, low, high] of [
      ['brightness', 0.6, 1.4],
      ['contrast', 0, 3],
      ['saturation', 0.8, 1.2],
    ] as const) {
      const { least, most } = spread(factors(kind));
      expect([least, most].map((value) => value >= low && value <= high)).toEqual([true, true]);
      expect(most - least).toBeGreaterThan(0.98 * (high - low));
    }
    const degrees = spread(drawn({ rotate: 30 }).flatMap((c) => (c.kind === 'warp' ? [c.degrees] : [])));
    expect(degrees.least).toBeGreaterThan(-30.01);
    expect(degrees.least).toBeLessThan(-29);
    expect(degrees.most).toBeGreaterThan(29);
    expect(degrees.most).toBeLessThan(30.01);
  });

  it('come as often as asked', () => {
    for (const options of [
      { perspective: { distortion: 0.5, probability: 0.3 } },
      { blur: { sigma: [0.1, 2], probability: 0.3 } },
      { noise: { deviation: 0.1, probability: 0.3 } },
      { erase: { probability: 0.3, area: [0.02, 0.33] } },
    ] satisfies Partial<AugmentOptions>[]) {
      const share = drawn(options).length / 2000;
      expect(Math.abs(share - 0.3)).toBeLessThan(0.05); // five deviations
    }
  });

  it('of one part do not depend on the others', () => {
    const { rotate, ...rest } = EVERYTHING;
    const withOut = drawAugmentation(rest, 1, 2, 3);
    const within = drawAugmentation({ ...rest, rotate: rotate! }, 1, 2, 3);
    expect(within.windows).toEqual(withOut.windows);
    expect(within.flip).toBe(withOut.flip);
    expect(within.changes.filter((c) => c.kind !== 'warp')).toEqual(
      withOut.changes.filter((c) => c.kind !== 'warp'),
    );
  });

  it('of colours come in every order', () => {
    const orders = new Set(
      Array.from({ length: 300 }, (_, i) =>
        drawAugmentation(EVERYTHING, 0, 0, i)
          .changes.map((c) => c.kind)
          .filter((kind) => ['brightness', 'contrast', 'saturation', 'hue'].includes(kind))
          .join(' '),
      ),
    );
    expect(orders.size).toBe(24);
  });
});

describe('changes', () => {
  const image = ripples(40, 30);
  const blank = [9, 8, 7] as const;

  it('erase a rectangle of the area and the colour', async () => {
    for (const change of drawn({ erase: { probability: 1, area: [0.05, 0.3] } }, 100)) {
      const { data } = await applyChanges(image, [change], blank);
      const erased = Array.from({ length: 1200 }, (_, i) => i).filter(
        (i) => data[3 * i] === 9 && data[3 * i + 1] === 8 && data[3 * i + 2] === 7,
      );
      const [columns, rows] = [erased.map((i) => i % 40), erased.map((i) => Math.floor(i / 40))];
      const width = spread(columns).most - spread(columns).least + 1;
      const height = spread(rows).most - spread(rows).least + 1;
      expect(erased.length).toBe(width * height);
      if (change.kind !== 'erase') throw new Error(change.kind);
      // Whole pixels, and rectangles that would stick out are cut at the image's own sides.
      const fits = change.area * 1200 * change.aspect < 1600 && (change.area * 1200) / change.aspect < 900;
      if (fits) expect(Math.abs(erased.length / 1200 - change.area)).toBeLessThan(0.02);
      expect(data.filter((value, i) => value !== image.data[i]).length).toBeLessThanOrEqual(
        erased.length * 3,
      );
    }
  });

  it('are the same bytes for the same seed, through the decoder', async () => {
    const bytes = await painted(90, 70, (x, y) => [(x * 5) % 256, (y * 3) % 256, (x * y) % 256])
      .png()
      .toBuffer();
    const p: Preprocess = {
      width: 48,
      height: 32,
      layout: 'NCHW',
      channels: 'RGB',
      resize: 'crop',
      resizeTo: 36,
      interpolation: 'bilinear',
      scale: 1 / 255,
      mean: [0.5, 0.4, 0.3],
      std: [1, 1, 1],
    };
    const load = (seed: number) => loadImage(bytes, p, drawAugmentation(EVERYTHING, seed, 1, 'image'));
    const once = await load(5);
    expect(await load(5)).toEqual(once);
    expect(await load(6)).not.toEqual(once);
    // Erased parts are what the model sees as 0, to within half a level of 255.
    const erased = await loadImage(
      bytes,
      p,
      drawAugmentation({ ...NO_AUGMENT, erase: { probability: 1, area: [0.5, 0.5] } }, 1, 0, 0),
    );
    const zeros = erased.filter((value) => Math.abs(value) <= 0.5 / 255 + 1e-6).length / erased.length;
    expect(zeros).toBeGreaterThan(0.35);
  });
});
