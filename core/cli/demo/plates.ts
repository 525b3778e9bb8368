/** The demo's data: pictures of plates, painted on the spot, and a data folder full of them. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { chanceFor } from './chance.ts';
import type { Dish } from './dishes.ts';
import { chooseLamp, type Light, shine } from './light.ts';
import { drawScene } from './scene.ts';

export { BASE_DISHES, DISHES, type Dish, NEW_DISHES } from './dishes.ts';
export type { Light } from './light.ts';

export interface PaintOptions {
  /** Width and height in pixels; 96 unless told. */
  readonly size?: number;
  readonly light?: Light;
}

/** The smallest standard deviation, in pixels, that sharp blurs by; less is invisible. */
const LEAST_BLUR = 0.3;

/**
 * Paints one picture of the dish and returns it as a JPEG (RGB). The same dish, seed and options give the same
 * bytes; the same seed under another light shows the same scene.
 */
export async function paintPlate(dish: Dish, seed: number, options: PaintOptions = {}): Promise<Buffer> {
  const { size = 96, light = 'clean' } = options;
  const scene = chanceFor(seed, 'scene', dish.name);
  const lighting = chanceFor(seed, 'light', light, dish.name);
  const lamp = chooseLamp(lighting, light);
  let drawing = sharp(Buffer.from(drawScene(scene, dish, size, lamp.angle))).removeAlpha();
  const blur = (lamp.blur * size) / 96;
  if (blur >= LEAST_BLUR) drawing = drawing.blur(blur);
  const pixels = await drawing.raw().toBuffer();
  shine(pixels, size, lamp, lighting);
  return await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

export interface DishesFolder {
  readonly dishes: readonly Dish[];
  /** Pictures of each dish in each split; 0 is allowed. */
  readonly perDish: { readonly train: number; readonly holdout: number };
  readonly seed: number;
  readonly light?: Light;
  readonly size?: number;
}

/** Pictures painted at once: enough to keep the encoder's threads busy. */
const AT_ONCE = 8;

/**
 * Writes a data folder in the layout that a user's own data has: pictures under `train/` and `holdout/`, and
 * `metadata.csv` with the columns file_name, label, text (the dish's ingredients) and split. Files with the same
 * names are overwritten.
 */
export async function writeDishes(folder: string, options: DishesFolder): Promise<void> {
  const { dishes, perDish, seed, light = 'clean', size = 96 } = options;
  const jobs: { dish: Dish; file: string; seed: number }[] = [];
  const rows = ['file_name,label,text,split'];
  for (const split of ['train', 'holdout'] as const) {
    await mkdir(join(folder, split), { recursive: true });
    for (const dish of dishes) {
      for (let i = 0; i < perDish[split]; i++) {
        const file = `${split}/${dish.name.replaceAll(' ', '-')}-${String(i).padStart(4, '0')}.jpg`;
        jobs.push({ dish, file, seed: chanceFor(seed, split, dish.name, i).whole(0, 2 ** 31 - 1) });
        rows.push(`${file},${dish.name},"${dish.ingredients.join(', ')}",${split}`);
      }
    }
  }
  let taken = 0;
  const work = async () => {
    for (let job = jobs[taken++]; job !== undefined; job = jobs[taken++]) {
      await writeFile(join(folder, job.file), await paintPlate(job.dish, job.seed, { size, light }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await writeFile(join(folder, 'metadata.csv'), `${rows.join('\n')}\n`);
}
