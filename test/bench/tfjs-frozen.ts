/**
 * A whole frozen run on a TensorFlow.js model beside the same on the equivalent ONNX file: the same pictures, nothing cached.
 * Runs take turns, and each round gives one ratio.
 *
 * usage: tsx test/bench/tfjs-frozen.ts [--write] [--rounds 5] [--per-dish 8]
 * --write puts the table into docs/tensorflow.md.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadModel } from '../../adapters/load.ts';
import { DISHES, writeDishes } from '../../core/cli/demo/plates.ts';
import { parsePreprocess } from '../../core/data/index.ts';
import { usualPreprocess } from '../../core/wrap/preprocess/resolve.ts';
import { wrap } from '../../core/wrap/wrap.ts';
import { PUBLISHED_MODELS } from '../judges/tfjs-models.ts';
import { table, writePart } from '../judges/tfjs-page.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    'per-dish': { type: 'string', default: '8' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
const perDish = Number(options['per-dish']);
const MODELS = ['nsfwjs mobilenet_v2_mid'] as const;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Seconds of one run, and of its stages, by what they end with. */
async function timed(from: string, to: string, data: string, folder: string) {
  const own = mkdtempSync(join(folder, 'run-'));
  const model = await loadModel(from);
  const stages: Record<string, number> = {};
  const began = performance.now();
  const run = wrap(from, data, {
    to,
    out: join(own, to === 'onnx' ? 'merged.onnx' : 'merged'),
    runFolder: join(own, 'run'),
    cacheFolder: join(own, 'cache'),
    compare: false,
    preprocess: parsePreprocess('unit', usualPreprocess(model)),
  });
  for await (const { type } of run) stages[type] = (performance.now() - began) / 1000;
  const { images } = await run.result;
  rmSync(own, { recursive: true });
  return { seconds: stages.finished!, stages, images: images.train + images.holdout };
}

async function rowOf(name: string, path: string, folder: string): Promise<string[]> {
  const data = join(folder, 'dishes');
  const model = await loadModel(path);
  const onnx = join(folder, 'whole.onnx');
  await model.write(model.graph, onnx);
  const holdout = Math.ceil(perDish / 4);
  await writeDishes(data, {
    dishes: DISHES,
    perDish: { train: perDish - holdout, holdout },
    seed: 1,
    size: 256,
  });
  const ways = [
    { from: onnx, to: 'onnx' },
    { from: path, to: 'onnx' },
    { from: path, to: 'tfjs' },
  ] as const;
  const times: number[][] = ways.map(() => []);
  let images = 0;
  for (let round = 0; round <= rounds; round++)
    // Each way comes first in turn; the first round warms the file cache and the compiler.
    for (const k of ways.keys()) {
      const i = (k + round) % ways.length;
      const { from, to } = ways[i]!;
      const result = await timed(from, to, data, folder);
      images = result.images;
      if (round > 0) times[i]!.push(result.seconds);
      const { located, features, stopped, exported, finished } = result.stages;
      const told = { located, features, stopped, exported, finished };
      const text = Object.entries(told).map(([stage, at]) => `${stage} at ${at?.toFixed(2)}`);
      console.log(`${from === onnx ? 'onnx' : 'tfjs'} to ${to}: ${text.join(', ')}`);
    }
  const [base, ...others] = times as [number[], ...number[][]];
  const ratios = others.flatMap((seconds) => {
    const each = seconds.map((s, round) => s / base[round]!).sort((a, b) => a - b);
    return [
      median(seconds).toFixed(2),
      `${median(each).toFixed(2)} (${each[0]!.toFixed(2)} to ${each.at(-1)!.toFixed(2)})`,
    ];
  });
  return [name, String(images), median(base).toFixed(2), ...ratios];
}

const HEADER = [
  'Model',
  'Images',
  'From ONNX, s',
  'From tfjs, s',
  'Ratio',
  'From tfjs, back to tfjs, s',
  'Ratio',
];
const rows: string[][] = [];
for (const name of MODELS) {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-frozen-'));
  try {
    rows.push(
      await PUBLISHED_MODELS.find((model) => model.name === name)!.use((file) => rowOf(name, file, folder)),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log(rows.at(-1)!.join(' | '));
}
if (options.write) writePart('frozen', table(HEADER, rows));
