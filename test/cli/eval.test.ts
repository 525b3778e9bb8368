/** The table of `marnet-wrap eval`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writePictures } from '../../core/wrap/matrix/pictures.ts';
import { tinyClassifier } from '../wrap/tiny.ts';
import { command } from './io.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marnet-eval-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** First cells of the rows of the first table. */
async function rowsWith(classes: number): Promise<string[]> {
  const model = join(folder, `${classes}.onnx`);
  await writeFile(model, tinyClassifier({ classes }));
  const { folder: data } = await writePictures(join(folder, `pictures-${classes}`), classes);
  const { code, stdout } = await command('eval', model, '--data', data, '--base', model);
  expect(code).toBe(0);
  return [...stdout.matchAll(/^(top-\d|macro-F1) +\d+\.\d % +\d+\.\d % +\+0\.0$/gm)].map(([, name]) => name!);
}

it('has the top five only where there are more than five classes', async () => {
  expect(await rowsWith(5)).toEqual(['top-1', 'macro-F1']);
  expect(await rowsWith(6)).toEqual(['top-1', 'top-5', 'macro-F1']);
});
