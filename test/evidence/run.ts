/**
 * Whether MARNet helps, measured on data that package registries carry: `npm run evidence`. What is done is kept in the
 * cache, so it may be stopped and started again; at the end it writes docs/evidence.md.
 *
 * usage: tsx test/evidence/run.ts [--seeds 5] [--cache FOLDER] [--datasets stamps,emoji,fashion-mnist] [--modes frozen,last:4]
 *   [--severities 3] [--backbones mobilenet_v2,efficientnet-lite0] [--contestants 'linear layer,MARNet'] [--python python3] [--report]
 *
 * The efficientnet is written as ONNX by a Python that has torch and onnx; without one it is left out, with the reason.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from '../../core/data/index.ts';
import { type Backbone, efficientnetLite0, nsfwjsBackbone } from './backbones.ts';
import { CONTESTANTS, type ContestResult, contest, MEASURED } from './contest.ts';
import { type Cost, costsOf } from './cost.ts';
import { EVIDENCE, type EvidenceDataset, evidenceDataset } from './dataset.ts';
import { type Diagnosis, diagnose } from './diagnosis.ts';
import type { Severity } from './features.ts';
import { writeReport } from './report.ts';
import { settingOf } from './setting.ts';

/** Seeds that are looked into, at most. */
const DIAGNOSED = 2;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    cache: { type: 'string', default: join(cacheFolder(), 'evidence') },
    datasets: { type: 'string', default: Object.keys(EVIDENCE).join() },
    modes: { type: 'string', default: 'frozen,last:4' },
    backbones: { type: 'string', default: 'mobilenet_v2,efficientnet-lite0' },
    contestants: { type: 'string', default: CONTESTANTS.map(({ name }) => name).join() },
    severities: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    report: { type: 'boolean', default: false },
  },
});
const { cache } = values;
const seeds = Number(values.seeds);
/** All, with a frozen backbone, and the third, with `last:N`, unless told. */
const severities = values.severities?.split(',').map((text) => Number(text) as Severity);
mkdirSync(cache, { recursive: true });
const results = kept<ContestResult>('results.jsonl').filter(({ measured }) => measured === MEASURED);
const diagnoses = kept<Diagnosis>('diagnoses.jsonl').filter(({ measured }) => measured === MEASURED);
const costs = kept<Cost>('costs.jsonl').filter(({ measured }) => measured === MEASURED);
const datasets: EvidenceDataset[] = [];
for (const name of values.datasets.split(',')) datasets.push(await evidenceDataset(cache, name));
if (!values.report)
  for (const name of values.backbones.split(',')) {
    const backbone = await backboneOf(name).catch((cause: Error) => {
      console.error(`${name} is left out: ${cause.message.trim().split('\n').at(-1)}`);
      console.error('It needs a Python with pip, torch and onnx: --python PATH.');
    });
    if (!backbone) continue;
    if (!costs.some((cost) => cost.backbone === backbone.name))
      for (const cost of await costsOf(backbone, MEASURED)) keep('costs.jsonl', costs, cost);
    for (const dataset of datasets)
      for (const mode of values.modes.split(',')) await measure(backbone, dataset, mode);
  }
writeReport({ datasets, results, diagnoses, costs });

function backboneOf(name: string): Promise<Backbone> {
  switch (name) {
    case 'mobilenet_v2':
    case 'inception_v3':
      return nsfwjsBackbone(name);
    case 'efficientnet-lite0':
      return efficientnetLite0(cache, values.python);
    default:
      throw new Error(`no backbone "${name}"`);
  }
}

async function measure(backbone: Backbone, dataset: EvidenceDataset, mode: string): Promise<void> {
  console.error(`${dataset.name}, ${backbone.name}, ${mode}: ${dataset.images.length} images`);
  const setting = await settingOf(cache, backbone, dataset, mode, severities);
  const named = new Set(values.contestants.split(','));
  for (let seed = 0; seed < seeds; seed++)
    for (const contestant of CONTESTANTS.filter(({ name }) => named.has(name))) {
      const done = results.some(
        (each) =>
          each.dataset === dataset.name &&
          each.backbone === backbone.name &&
          each.mode === mode &&
          each.contestant === contestant.name &&
          each.seed === seed,
      );
      if (done) continue;
      const result = await contest(contestant, dataset, setting, backbone.name, seed);
      keep('results.jsonl', results, result);
      console.error(
        `  seed ${seed}, ${contestant.name}: ${(100 * result.clean).toFixed(1)} % (${result.seconds.toFixed(0)} s)`,
      );
    }
  if (mode !== 'frozen' || backbone.name !== 'nsfwjs mobilenet_v2') return;
  for (let seed = 0; seed < Math.min(seeds, DIAGNOSED); seed++) {
    const done = diagnoses.some((each) => each.dataset === dataset.name && each.seed === seed);
    if (!done) keep('diagnoses.jsonl', diagnoses, await diagnose(dataset, setting, seed));
  }
}

function kept<T>(name: string): T[] {
  const file = join(cache, name);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

function keep<T>(name: string, list: T[], one: T): void {
  appendFileSync(join(cache, name), `${JSON.stringify(one)}\n`);
  list.push(one);
}
