import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MarnetError } from '../../errors.ts';
import { SHIPPED_CLASSIFIER } from './classifier.ts';
import { NEW_DISHES, paintPlate } from './plates.ts';

/** Pictures of each dish in the example. */
const PER_DISH = 16;
const SEED = 7;

/**
 * Writes a model and a data folder to try the main job on, as a user would have them: `model.onnx`, and `dishes/`
 * with pictures and a metadata.csv of file_name, label and text. Files of the same names are overwritten.
 * @throws MarnetError 'output'
 */
export async function writeExample(folder: string): Promise<{ model: string; data: string; images: number }> {
  const data = join(folder, 'dishes');
  const model = join(folder, 'model.onnx');
  try {
    return await write(model, data);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new MarnetError('output', `the example cannot be written to "${folder}" (${code})`, {
      hint: code === 'ENOSPC' ? 'The disk is full: choose another one.' : 'Choose another folder.',
      cause,
    });
  }
}

async function write(model: string, data: string): ReturnType<typeof writeExample> {
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
