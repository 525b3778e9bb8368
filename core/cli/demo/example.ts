import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SHIPPED_CLASSIFIER } from './classifier.ts';
import { NEW_DISHES, paintPlate } from './plates.ts';

/** Pictures of each dish in the example. */
const PER_DISH = 16;
const SEED = 7;

/**
 * Writes a model and a data folder to try the main job on, as a user would have them: `model.onnx`, and `dishes/`
 * with pictures and a metadata.csv of file_name, label and text. Files of the same names are overwritten.
 */
export async function writeExample(folder: string): Promise<{ model: string; data: string; images: number }> {
  const data = join(folder, 'dishes');
  const model = join(folder, 'model.onnx');
  await mkdir(data, { recursive: true });
  await copyFile(SHIPPED_CLASSIFIER, model);
  const rows = ['file_name,label,text'];
  for (const dish of NEW_DISHES) {
    const files = Array.from({ length: PER_DISH }, (_, i) => ({
      name: `${dish.name.replaceAll(' ', '-')}-${String(i + 1).padStart(2, '0')}.jpg`,
      seed: SEED * 1000 + i,
    }));
    await Promise.all(
      files.map(async ({ name, seed }) => writeFile(join(data, name), await paintPlate(dish, seed))),
    );
    for (const { name } of files) rows.push(`${name},${dish.name},"${dish.ingredients.join(', ')}"`);
  }
  await writeFile(join(data, 'metadata.csv'), `${rows.join('\n')}\n`);
  return { model, data, images: rows.length - 1 };
}
