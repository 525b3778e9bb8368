/**
 * A training step, AdamW included, by onnxruntime and by TensorFlow.js on each backend that is installed: heads on features,
 * and every weight. Steps of the two engines take turns; each pair gives one ratio.
 *
 * usage: tsx test/bench/tfjs-engines.ts [--write] [--pairs 5] [--backends tfjs-node,wasm,cpu] [--model NAME]
 * --write puts rows into the table in docs/tensorflow.md, those of the same measurement in their place. Backends are looked for in the folder that it is started in too.
 */
import { parseArgs } from 'node:util';
import { loadModel } from '../../adapters/load.ts';
import { backendState } from '../../adapters/tfjs/engine/backends.ts';
import { BACKENDS, type BackendName, openTfjsEngine } from '../../adapters/tfjs/engine/index.ts';
import { loadTfjs } from '../../adapters/tfjs/engine/packages.ts';
import { locateFeatures } from '../../core/locate/index.ts';
import { headOptions } from '../../core/marnet/index.ts';
import { FEATURES, prepareClassifier } from '../../core/runtime/classifier.ts';
import { type GraphEngine, onnxruntimeEngine } from '../../core/runtime/graph-engine.ts';
import { hyperparameters, type TrainingJob } from '../../core/train/index.ts';
import { initialHeads, openEngine, trainingState } from '../../core/train/setup.ts';
import { PUBLISHED_MODELS } from '../judges/tfjs-models.ts';
import { readPart, table, writePart } from '../judges/tfjs-page.ts';

const { values: options } = parseArgs({
  options: {
    pairs: { type: 'string', default: '5' },
    backends: { type: 'string', default: BACKENDS.join() },
    model: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const pairs = Number(options.pairs);

/** `slow` backends are left out: a step takes seconds with frozen layers, minutes without. */
const CASES: readonly {
  readonly model: string;
  readonly kind: 'frozen' | 'full';
  readonly batch: number;
  readonly slow?: readonly BackendName[];
}[] = [
  { model: 'human liveness', kind: 'frozen', batch: 128 },
  { model: 'human liveness', kind: 'full', batch: 8 },
  { model: 'nsfwjs mobilenet_v2_mid', kind: 'frozen', batch: 128, slow: ['cpu'] },
  { model: 'nsfwjs mobilenet_v2_mid', kind: 'full', batch: 2, slow: ['cpu'] },
];
const CLASSES = 12;
const WORDS = 40;

const wave = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898 + (i >> 8)));

async function jobOf(file: string, { kind, batch }: (typeof CASES)[number]): Promise<TrainingJob> {
  const model = await loadModel(file);
  const site = locateFeatures(model)[0]!;
  const [, height, width] = model.inputs[0]!.shape as [number, number, number];
  const all = Array.from({ length: batch }, (_, i) => i);
  const common = {
    labels: Int32Array.from(all, (i) => i % CLASSES),
    classes: CLASSES,
    texts: {
      vocabulary: WORDS,
      row: (i: number) => ({ ids: [i % CLASSES, 12 + (i % 28)], weights: [1, 1] }),
    },
    trainIndices: all,
    holdoutIndices: [],
    base: 'new' as const,
    heads: headOptions({}),
    hyper: hyperparameters({ batch }),
    seed: 1,
  };
  if (kind === 'frozen')
    return { ...common, source: { kind: 'features', features: wave(batch * site.width), width: site.width } };
  const backbone = await prepareClassifier(model.graph, site, {
    logits: false,
    batch,
    size: { height, width },
  });
  const pixels = wave(backbone.imageShape.reduce((a, b) => a * b, 1));
  const [value, images] = [FEATURES, async () => pixels] as const;
  return {
    ...common,
    source: { kind: 'images', backbone, site: { value, pooling: 'none', width: site.width }, images },
  };
}

/** @returns a step that gives its seconds and its loss. */
async function openStep(job: TrainingJob, engine: GraphEngine) {
  const own = { ...job, engine };
  const heads = initialHeads(own);
  const state = trainingState(own, heads);
  const steps = await openEngine(own, state, heads);
  const images = job.trainIndices;
  return {
    async step(): Promise<{ readonly seconds: number; readonly loss: number }> {
      const prepared = await steps.prepare(images, 0, 0);
      const began = performance.now();
      const { losses } = await steps.step(prepared, images, 0, 0);
      await steps.update(1e-4);
      return { seconds: (performance.now() - began) / 1000, loss: losses.loss };
    },
    close: () => steps.close(),
  };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const milliseconds = (seconds: readonly number[]): string => {
  const value = 1000 * median(seconds);
  return value.toFixed(value < 10 ? 1 : 0);
};
const rounded = (ratio: number): string => ratio.toFixed(ratio < 10 ? 1 : 0);

async function measure(job: TrainingJob, backend: BackendName): Promise<string[]> {
  const engine = await openTfjsEngine({ backends: [backend] });
  const [ours, theirs] = [await openStep(job, onnxruntimeEngine), await openStep(job, engine)];
  const times: [number, number][] = [];
  for (let pair = 0; pair <= pairs; pair++) {
    const [a, b] = [await ours.step(), await theirs.step()];
    if (!(Math.abs(a.loss - b.loss) < 1e-2 * a.loss))
      throw new Error(`losses ${a.loss} and ${b.loss} (${backend})`);
    // The first pair warms up; where a step takes long, one more is enough.
    if (pair > 0) times.push([a.seconds, b.seconds]);
    if (pair > 0 && b.seconds > 5) break;
  }
  await ours.close();
  await theirs.close();
  const ratios = times.map(([a, b]) => b / a).sort((a, b) => a - b);
  const [least, most] = [ratios[0]!, ratios.at(-1)!];
  return [
    milliseconds(times.map(([a]) => a)),
    milliseconds(times.map(([, b]) => b)),
    rounded(median(ratios)),
    ratios.length === 1 ? 'one pair' : `${rounded(least)} to ${rounded(most)}`,
  ];
}

const tfjs = loadTfjs();
const present: BackendName[] = [];
for (const name of options.backends.split(',') as BackendName[]) {
  const found = await backendState(tfjs, name);
  if (found.state === 'works') present.push(name);
  else console.log(`${name}: ${found.state}${found.state === 'broken' ? `, ${found.why}` : ''}`);
}
const rows: string[][] = [];
for (const measured of CASES.filter(({ model }) => options.model === undefined || model === options.model)) {
  const { model, kind, batch, slow = [] } = measured;
  await PUBLISHED_MODELS.find(({ name }) => name === model)!.use(async (file) => {
    const job = await jobOf(file, measured);
    for (const backend of present.filter((name) => !slow.includes(name))) {
      rows.push([model, kind, String(batch), backend, ...(await measure(job, backend))]);
      console.log(rows.at(-1)!.join(' | '));
    }
  });
}

const HEADER = [
  'Model',
  'Tuned',
  'Batch',
  'Backend',
  'onnxruntime, ms',
  'TensorFlow.js, ms',
  'Ratio',
  'of the pairs',
];

/** Rows of the page with the measured ones among them, in the order of the cases and backends. */
function withMeasured(page: readonly string[][]): string[][] {
  const keyOf = (row: readonly string[]): string => row.slice(0, 4).join();
  const known = new Map([...page, ...rows].map((row) => [keyOf(row), row]));
  return CASES.flatMap(({ model, kind, batch }) =>
    BACKENDS.flatMap((backend) => {
      const row = known.get(keyOf([model, kind, String(batch), backend]));
      return row ? [row] : [];
    }),
  );
}

if (options.write) {
  const lines = readPart('engines').trim().split('\n').slice(2);
  writePart('engines', table(HEADER, withMeasured(lines.map((line) => line.slice(2, -2).split(' | ')))));
}
