/**
 * Whether MARNet helps, measured on data that package registries carry: `npm run evidence`. What is measured is kept in
 * test/evidence/results and not measured again, so it may be stopped and started; at the end it writes docs/evidence.md.
 * Data and features are in the cache. Several of these may run at once, each with its own data sets or backbones.
 *
 * usage: tsx test/evidence/run.ts [--seeds 5] [--cache FOLDER] [--datasets stamps,emoji,fashion-mnist] [--modes frozen,last:1]
 *   [--severities 3] [--backbones mobilenet_v2,detypify,efficientnet-lite0] [--contestants 'linear layer,MARNet'] [--python python3]
 *   [--report]
 *
 * --report: writes the page of what is kept, and measures nothing.
 * The efficientnet is written as ONNX by a Python that has torch and onnx; without one it is left out, with the reason.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from '../../core/data/index.ts';
import { type Backbone, detypify, efficientnetLite0, nsfwjsBackbone } from './backbones.ts';
import { CONTESTANTS, contest, MEASURED } from './contest.ts';
import { costsOf } from './cost.ts';
import { EVIDENCE, type EvidenceDataset, evidenceDataset } from './dataset.ts';
import { diagnose } from './diagnosis.ts';
import type { Severity } from './features.ts';
import { countsOf, keep, measuredSoFar } from './kept.ts';
import { writeReport } from './report.ts';
import { settingOf } from './setting.ts';

/** Seeds that are looked into, at most. */
const DIAGNOSED = 2;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    cache: { type: 'string', default: join(cacheFolder(), 'evidence') },
    datasets: { type: 'string', default: Object.keys(EVIDENCE).join() },
    modes: { type: 'string', default: 'frozen,last:1' },
    backbones: { type: 'string', default: 'mobilenet_v2,detypify,efficientnet-lite0' },
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
if (!values.report) await measureAll();
writeReport(measuredSoFar());

async function measureAll(): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const datasets: EvidenceDataset[] = [];
  for (const name of values.datasets.split(',')) datasets.push(await evidenceDataset(cache, name));
  for (const dataset of datasets)
    if (!measuredSoFar().datasets.some((each) => each.dataset === dataset.name))
      keep('datasets', countsOf(dataset));
  for (const name of values.backbones.split(',')) {
    const backbone = await backboneOf(name).catch((cause: Error) => {
      console.error(`${name} is left out: ${cause.message.trim().split('\n').at(-1)}`);
      console.error('It needs a Python with pip, torch and onnx: --python PATH.');
    });
    if (!backbone) continue;
    for (const dataset of datasets)
      for (const mode of values.modes.split(',')) await measure(backbone, dataset, mode);
    if (!measuredSoFar().costs.some((cost) => cost.backbone === backbone.name))
      for (const cost of await costsOf(backbone, MEASURED)) keep('costs', cost);
  }
}

function backboneOf(name: string): Promise<Backbone> {
  switch (name) {
    case 'mobilenet_v2':
    case 'inception_v3':
      return nsfwjsBackbone(name);
    case 'detypify':
      return detypify();
    case 'efficientnet-lite0':
      return efficientnetLite0(cache, values.python);
    default:
      throw new Error(`no backbone "${name}"`);
  }
}

async function measure(backbone: Backbone, dataset: EvidenceDataset, mode: string): Promise<void> {
  const named = new Set(values.contestants.split(','));
  const { results, diagnoses } = measuredSoFar();
  const isDone = (contestant: string, seed: number): boolean =>
    results.some(
      (each) =>
        each.dataset === dataset.name &&
        each.backbone === backbone.name &&
        each.mode === mode &&
        each.contestant === contestant &&
        each.seed === seed,
    );
  const all = Array.from({ length: seeds }, (_, seed) => seed);
  const missing = all.flatMap((seed) =>
    CONTESTANTS.filter(({ name }) => named.has(name) && !isDone(name, seed)).map(
      (contestant) => [contestant, seed] as const,
    ),
  );
  const diagnosed =
    mode === 'frozen' && backbone.name === 'nsfwjs mobilenet_v2' ? all.slice(0, DIAGNOSED) : [];
  const undiagnosed = diagnosed.filter(
    (seed) => !diagnoses.some((each) => each.dataset === dataset.name && each.seed === seed),
  );
  if (missing.length + undiagnosed.length === 0) return;
  console.error(`${dataset.name}, ${backbone.name}, ${mode}: ${dataset.images.length} images`);
  const setting = await settingOf(cache, backbone, dataset, mode, severities);
  for (const [contestant, seed] of missing) {
    const result = await contest(contestant, dataset, setting, backbone.name, seed);
    keep('results', result);
    const { clean, seconds } = result;
    console.error(
      `  seed ${seed}, ${contestant.name}: ${(100 * clean).toFixed(1)} % (${seconds.toFixed(0)} s)`,
    );
  }
  for (const seed of undiagnosed) keep('diagnoses', await diagnose(dataset, setting, seed));
}
