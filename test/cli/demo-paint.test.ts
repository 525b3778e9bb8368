import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { chanceFor } from '../../core/cli/demo/chance.ts';
import { INGREDIENTS } from '../../core/cli/demo/ingredients.ts';
import {
  BASE_DISHES,
  DISHES,
  type Dish,
  NEW_DISHES,
  paintPlate,
  writeDishes,
} from '../../core/cli/demo/plates.ts';
import { drawScene } from '../../core/cli/demo/scene.ts';

const folders: string[] = [];
async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plates-'));
  folders.push(folder);
  return folder;
}
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function pixelsOf(image: Buffer | string): Promise<Uint8Array> {
  const source = typeof image === 'string' ? Buffer.from(image) : image;
  return await sharp(source).removeAlpha().raw().toBuffer();
}

const sample = DISHES[0]!;

describe('the dishes', () => {
  test('are 12 and 12, of three to five ingredients, no two alike', () => {
    expect([BASE_DISHES.length, NEW_DISHES.length, DISHES.length]).toEqual([12, 12, 24]);
    expect(new Set(DISHES.map((dish) => dish.name)).size).toBe(24);
    expect(new Set(DISHES.map((dish) => [...dish.ingredients].sort().join())).size).toBe(24);
    for (const dish of DISHES) {
      expect(new Set(dish.ingredients).size).toBe(dish.ingredients.length);
      expect(dish.ingredients.length).toBeGreaterThanOrEqual(3);
      expect(dish.ingredients.length).toBeLessThanOrEqual(5);
    }
  });

  test('use every drawable ingredient, and no other, in both groups', () => {
    const drawable = INGREDIENTS.map((ingredient) => ingredient.name).sort();
    expect(new Set(drawable).size).toBe(drawable.length);
    for (const group of [BASE_DISHES, NEW_DISHES]) {
      expect([...new Set(group.flatMap((dish) => dish.ingredients))].sort()).toEqual(drawable);
    }
  });

  test('come with pairs that differ in a single ingredient, in both groups', () => {
    for (const group of [BASE_DISHES, NEW_DISHES]) {
      const pairs = group.flatMap((a, i) => group.slice(i + 1).filter((b) => differences(a, b) === 2));
      expect(pairs.length).toBeGreaterThanOrEqual(2);
    }
  });
});

function differences(a: Dish, b: Dish): number {
  const missing = (from: Dish, to: Dish) =>
    from.ingredients.filter((name) => !to.ingredients.includes(name)).length;
  return missing(a, b) + missing(b, a);
}

describe('painting', () => {
  test('the same seed gives the same bytes, another seed or dish another picture', async () => {
    const first = await paintPlate(sample, 7);
    const [again, otherSeed, otherDish] = await Promise.all([
      paintPlate(sample, 7),
      paintPlate(sample, 8),
      paintPlate(DISHES[1]!, 7),
    ]);
    expect(again.equals(first)).toBe(true);
    expect(otherSeed.equals(first)).toBe(false);
    expect(otherDish.equals(first)).toBe(false);
  });

  test.each([undefined, 40, 224])('a JPEG of the size asked for (%s)', async (size) => {
    for (const light of ['clean', 'poor'] as const) {
      const image = await paintPlate(sample, 3, size === undefined ? { light } : { light, size });
      const { format, width, height, channels } = await sharp(image).metadata();
      expect({ format, width, height, channels }).toEqual({
        format: 'jpeg',
        width: size ?? 96,
        height: size ?? 96,
        channels: 3,
      });
    }
  });

  test('an ingredient that cannot be drawn is named', async () => {
    const odd: Dish = { name: 'soup', ingredients: ['rice', 'gravel'] };
    await expect(paintPlate(odd, 1)).rejects.toMatchObject({
      code: 'data',
      message: expect.stringMatching(/"soup".*"gravel"/),
      hint: expect.stringContaining('tomato'),
    });
  });

  // The piece is rendered alone to learn its commonest colours; then plates with it must show more of them.
  test.each(INGREDIENTS.map((ingredient) => ingredient.name))('%s shows on the plate', async (name) => {
    const colours = await coloursOf(name);
    let [shown, absent] = [0, 0];
    for (let seed = 0; seed < 10; seed++) {
      shown += await countLike(colours, { name: 'dish', ingredients: [name] }, seed);
      absent += await countLike(colours, { name: 'dish', ingredients: [] }, seed);
    }
    expect((shown - absent) / 10).toBeGreaterThan(25);
  });
});

const key = (pixels: Uint8Array, at: number) =>
  ((pixels[at]! >> 4) << 8) | ((pixels[at + 1]! >> 4) << 4) | (pixels[at + 2]! >> 4);

/** The colours (4 bits a channel) that cover most of an ingredient's pieces, drawn many times on a transparent ground. */
async function coloursOf(name: string): Promise<Set<number>> {
  const ingredient = INGREDIENTS.find((each) => each.name === name)!;
  const counts = new Map<number, number>();
  for (let seed = 0; seed < 12; seed++) {
    const drawing = ingredient.draw(chanceFor(seed, name), ingredient.lies === 'bed' ? 30 : ingredient.reach);
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96" viewBox="-40 -40 80 80">${drawing}</svg>`;
    const pixels = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer();
    for (let at = 0; at < pixels.length; at += 4) {
      if (pixels[at + 3] === 255) counts.set(key(pixels, at), (counts.get(key(pixels, at)) ?? 0) + 1);
    }
  }
  const commonest = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 24);
  return new Set(commonest.map(([colour]) => colour));
}

async function countLike(colours: Set<number>, dish: Dish, seed: number): Promise<number> {
  const pixels = await pixelsOf(drawScene(chanceFor(seed), dish, 96, 1));
  let count = 0;
  for (let at = 0; at < pixels.length; at += 3) if (colours.has(key(pixels, at))) count++;
  return count;
}

test('poor light is darker, noisier and more coloured than clean light on the same scenes', async () => {
  const sums = { clean: { level: 0, noise: 0, cast: 0 }, poor: { level: 0, noise: 0, cast: 0 } };
  for (const light of ['clean', 'poor'] as const) {
    for (let seed = 0; seed < 24; seed++) {
      const pixels = await pixelsOf(await paintPlate(DISHES[seed]!, seed, { light }));
      sums[light].level += mean(pixels) / 24;
      sums[light].noise += noiseOf(pixels, 96) / 24;
      sums[light].cast += castOf(pixels) / 24;
    }
  }
  expect(sums.poor.level).toBeLessThan(0.75 * sums.clean.level);
  expect(sums.poor.noise).toBeGreaterThan(1.5 * sums.clean.noise);
  expect(sums.poor.cast).toBeGreaterThan(1.2 * sums.clean.cast);
});

function mean(values: Uint8Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Immerkaer's (1996) noise estimate on the green channel, with the median in place of the mean to pass over edges. */
function noiseOf(pixels: Uint8Array, size: number): number {
  const mask = [1, -2, 1, -2, 4, -2, 1, -2, 1];
  const responses: number[] = [];
  for (let y = 1; y < size - 1; y++) {
    for (let x = 1; x < size - 1; x++) {
      let sum = 0;
      for (let k = 0; k < 9; k++) {
        sum += mask[k]! * pixels[3 * ((y + Math.floor(k / 3) - 1) * size + x + (k % 3) - 1) + 1]!;
      }
      responses.push(Math.abs(sum));
    }
  }
  return responses.sort((a, b) => a - b)[responses.length >> 1]! / 6 / 0.6745;
}

/** How unequal the mean red, green and blue are, relative to their mean. */
function castOf(pixels: Uint8Array): number {
  const channels = [0, 1, 2].map((channel) => mean(pixels.filter((_, i) => i % 3 === channel)));
  return (Math.max(...channels) - Math.min(...channels)) / (mean(pixels) + 1);
}

describe('a data folder', () => {
  const options = { dishes: NEW_DISHES, perDish: { train: 3, holdout: 2 }, seed: 5, size: 48 };

  test('has one row for each picture, with the ingredients as its text', async () => {
    const folder = await emptyFolder();
    await writeDishes(folder, options);
    const rows: Record<string, string>[] = parse(await readFile(join(folder, 'metadata.csv')), {
      columns: true,
    });
    expect(Object.keys(rows[0]!)).toEqual(['file_name', 'label', 'text', 'split']);
    expect(rows.length).toBe(12 * 5);
    const onDisk = await filesUnder(folder);
    expect(onDisk.filter((file) => file !== 'metadata.csv')).toEqual(rows.map((row) => row.file_name).sort());
    for (const dish of NEW_DISHES) {
      const own = rows.filter((row) => row.label === dish.name);
      expect(own.map((row) => row.split)).toEqual(['train', 'train', 'train', 'holdout', 'holdout']);
      for (const row of own) {
        expect(row.text!.split(', ')).toEqual(dish.ingredients);
      }
    }
    const pictures = await Promise.all(rows.map((row) => readFile(join(folder, row.file_name!), 'base64')));
    expect(new Set(pictures).size).toBe(rows.length);
    expect((await sharp(Buffer.from(pictures[0]!, 'base64')).metadata()).width).toBe(48);
  });

  test('is the same to the byte for the same seed, and another for another', async () => {
    const [one, two, three] = [await emptyFolder(), await emptyFolder(), await emptyFolder()];
    await writeDishes(one, options);
    await writeDishes(two, options);
    await writeDishes(three, { ...options, seed: 6 });
    const files = await filesUnder(one);
    expect(await filesUnder(two)).toEqual(files);
    const contents = (folder: string) =>
      Promise.all(files.map((file) => readFile(join(folder, file), 'base64')));
    expect(await contents(two)).toEqual(await contents(one));
    const picture = files.find((file) => file.endsWith('.jpg'))!;
    expect(await readFile(join(three, picture), 'base64')).not.toBe(
      await readFile(join(one, picture), 'base64'),
    );
  });

  test('may be a holdout alone', async () => {
    const folder = await emptyFolder();
    await writeDishes(folder, { ...options, perDish: { train: 0, holdout: 1 }, light: 'poor' });
    const rows: Record<string, string>[] = parse(await readFile(join(folder, 'metadata.csv')), {
      columns: true,
    });
    expect(rows.map((row) => row.split)).toEqual(Array(12).fill('holdout'));
  });
});

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
