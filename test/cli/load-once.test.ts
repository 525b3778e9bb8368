import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadModel } from '../../adapters/load.ts';
import { registerAdapter, unregisterAdapter } from '../../adapters/registry.ts';
import { type Place, place } from './data.ts';
import { command } from './io.ts';

/** A format of this test's own, whose importer counts: a text file that names an ONNX file. */
const MARK = 'the model is in ';
let loads = 0;
let here: Place;
let model: string;
beforeAll(async () => {
  registerAdapter({
    name: 'counted',
    recognises: (head) => Buffer.from(head).toString().startsWith(MARK),
    load: (from) => {
      loads++;
      return loadModel(from === model ? here.model : from);
    },
  });
  here = await place();
  model = here.in('model.counted');
  await writeFile(model, MARK + here.model);
});
afterAll(async () => {
  unregisterAdapter('counted');
  await here.remove();
});

it.each<[string, () => string[]]>([
  [
    'the main job',
    () =>
      ['MODEL', '--data', here.data, '--out', here.in('out.onnx'), '--run', here.in('run')].concat([
        '--cache',
        here.in('cache'),
        '--epochs',
        '1',
        '--no-compare',
      ]),
  ],
  ['eval', () => ['eval', 'MODEL', '--data', here.data]],
  ['predict', () => ['predict', 'MODEL', join(here.data, 'train', 'tomato-egg-rice-0000.jpg')]],
])('%s reads the model once, with --preprocess too', async (name, words) => {
  for (const more of [[], ['--preprocess', 'mean=0.4']]) {
    loads = 0;
    const argv = [...words(), ...more].map((word) => (word === 'MODEL' ? model : word));
    const { code, stderr } = await command(...argv);
    // The data's classes are not the model's: to eval, that is a failure, after the model was read.
    expect(code, stderr).toBe(name === 'eval' ? 1 : 0);
    expect(loads).toBe(1);
  }
});
