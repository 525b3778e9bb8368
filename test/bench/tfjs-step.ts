/**
 * What a TensorFlow.js model costs beside the same network as an ONNX file, and a training step of ours beside the same
 * step graph in TensorFlow.js' own backends. The step: loss and the gradient of every weight; AdamW is in our times alone.
 *
 * usage: tsx test/bench/tfjs-step.ts [--part step|frozen] [--rounds 3] [--threads 2] [--write]
 * --part measures that alone; --write puts the tables into docs/tensorflow.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadModel } from '../../adapters/load.ts';
import { DISHES, writeDishes } from '../../core/cli/demo/plates.ts';
import { parsePreprocess } from '../../core/data/index.ts';
import { locateFeatures } from '../../core/locate/index.ts';
import { usualPreprocess } from '../../core/wrap/preprocess.ts';
import { wrap } from '../../core/wrap/wrap.ts';
import { PUBLISHED_MODELS } from '../judges/tfjs-models.ts';
import { type Part, table, writePart } from '../judges/tfjs-page.ts';
import type { OwnStep } from './own-step.ts';
import type { StockStep } from './tfjs-stock-step.ts';

const text = (fallback: string) => ({ type: 'string', default: fallback }) as const;
const { values: options } = parseArgs({
  options: {
    rounds: text('3'),
    threads: text('2'),
    part: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const { threads } = options;
const rounds = Number(options.rounds);
const RUNS = 5;

/** The cpu backend on the smallest alone: it was six times slower than wasm there. */
const STEPS = [
  { name: 'human liveness', batch: '8', runs: '3', cpu: true },
  { name: 'human antispoof', batch: '4', runs: '1', cpu: false },
  { name: 'nsfwjs mobilenet_v2_mid', batch: '2', runs: '1', cpu: false },
] as const;
const FROZEN = [{ name: 'nsfwjs mobilenet_v2_mid' }] as const;

const best = (values: readonly number[]): number => Math.min(...values);

function child<T>(script: string, flags: readonly string[]): T {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', file, ...flags], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${script} ${flags.join(' ')} failed`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as T;
}

/** The network up to its logits, as an ONNX file. */
async function asLogits(from: string, to: string): Promise<number> {
  const model = await loadModel(from);
  const { logits } = locateFeatures(model)[0]!.classifier;
  const graph = model.graph.clone();
  graph.outputs = [{ name: logits, ...graph.typeOf(logits)! }];
  await model.write(graph, to);
  const [, height] = model.inputs[0]!.shape as number[];
  return height!;
}

async function stepRow(
  { name, batch, runs, cpu }: (typeof STEPS)[number],
  model: string,
  folder: string,
): Promise<string[]> {
  const file = join(folder, 'logits.onnx');
  const size = String(await asLogits(model, file));
  const flags = [file, batch, size];
  const ours: number[] = [];
  const stock = (backend: 'wasm' | 'cpu', count: string): readonly number[] =>
    child<StockStep>('./tfjs-stock-step.ts', [...flags, backend, count]).seconds;
  const wasm: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(...child<OwnStep>('./own-step.ts', [...flags, threads, String(RUNS)]).seconds);
    // A step of seconds needs no second round.
    if (cpu || round === 0) wasm.push(...stock('wasm', runs));
  }
  const own = best(ours);
  const cells = [wasm, cpu ? stock('cpu', '1') : []].flatMap((seconds) =>
    seconds.length === 0
      ? ['not measured', '-']
      : [(best(seconds) * 1000).toFixed(0), `${(best(seconds) / own).toFixed(0)}x`],
  );
  return [name, size, batch, (own * 1000).toFixed(0), ...cells];
}

async function frozenRow({ name }: (typeof FROZEN)[number], path: string, folder: string): Promise<string[]> {
  const data = join(folder, 'dishes');
  const model = await loadModel(path);
  const onnx = join(folder, 'whole.onnx');
  await model.write(model.graph, onnx);
  await writeDishes(data, { dishes: DISHES, perDish: { train: 12, holdout: 4 }, seed: 1, size: 256 });
  const ways = [
    { from: onnx, to: 'onnx' },
    { from: path, to: 'onnx' },
    { from: path, to: 'tfjs' },
  ] as const;
  const times: number[][] = ways.map(() => []);
  let images = 0;
  for (let round = 0; round <= rounds; round++)
    for (const [i, { from, to }] of ways.entries()) {
      const own = mkdtempSync(join(folder, 'run-'));
      const began = performance.now();
      const result = await wrap(from, data, {
        to,
        out: join(own, to === 'onnx' ? 'merged.onnx' : 'merged'),
        runFolder: join(own, 'run'),
        cacheFolder: join(own, 'cache'),
        compare: false,
        preprocess: parsePreprocess('unit', usualPreprocess(model)),
      }).result;
      images = result.images.train + result.images.holdout;
      // The first round warms the file cache and the compiler.
      if (round > 0) times[i]!.push((performance.now() - began) / 1000);
    }
  const [base] = times.map(best);
  const cells = times.flatMap((seconds, i) => [
    best(seconds).toFixed(2),
    ...(i === 0 ? [] : [`${(best(seconds) / base!).toFixed(2)}`]),
  ]);
  return [name, String(images), ...cells];
}

const HEADERS = {
  step: ['Model', 'Size', 'Batch', 'Step here, ms', 'wasm, ms', 'wasm / here', 'cpu, ms', 'cpu / here'],
  frozen: ['Model', 'Images', 'From ONNX, s', 'From tfjs, s', 'Ratio', 'From tfjs, back to tfjs, s', 'Ratio'],
} satisfies Partial<Record<Part, readonly string[]>>;

async function measure<T extends { readonly name: string }>(
  part: 'step' | 'frozen',
  models: readonly T[],
  row: (model: T, file: string, folder: string) => Promise<string[]>,
): Promise<void> {
  if (options.part !== undefined && options.part !== part) return;
  const rows: string[][] = [];
  for (const measured of models) {
    const { use } = PUBLISHED_MODELS.find(({ name }) => name === measured.name)!;
    const folder = mkdtempSync(join(tmpdir(), 'tfjs-step-'));
    try {
      rows.push(await use((file) => row(measured, file, folder)));
    } finally {
      rmSync(folder, { recursive: true });
    }
    console.log(rows.at(-1)!.join(' | '));
  }
  if (options.write) writePart(part, table(HEADERS[part], rows));
}

await measure('step', STEPS, stepRow);
await measure('frozen', FROZEN, frozenRow);
