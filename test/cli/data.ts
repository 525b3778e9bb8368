import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHIPPED_CLASSIFIER } from '../../core/cli/demo/classifier.ts';
import { NEW_DISHES, writeDishes } from '../../core/cli/demo/plates.ts';

/** A folder of one's own with a model and four new dishes to train it on. */
export interface Place {
  readonly folder: string;
  readonly model: string;
  readonly data: string;
  in(name: string): string;
  remove(): Promise<void>;
}

export async function place(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'command-'));
  const inside = (name: string) => join(folder, name);
  const [model, data] = [inside('model.onnx'), inside('dishes')];
  await copyFile(SHIPPED_CLASSIFIER, model);
  await writeDishes(data, { dishes: NEW_DISHES.slice(0, 4), perDish: { train: 6, holdout: 3 }, seed: 3 });
  return { folder, model, data, in: inside, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A file that calls itself a picture. */
export async function corruptImage(file: string): Promise<void> {
  await writeFile(file, 'these are no pixels');
}
