/**
 * Whether MARNet helps, measured on data that package registries carry: `npm run evidence`. What is done is kept in the
 * cache, so it may be stopped and started again; at the end it writes docs/evidence.md.
 *
 * usage: tsx test/evidence/run.ts [--seeds 5] [--cache FOLDER] [--datasets stamps,emoji,fashion-mnist] [--report]
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from '../../core/data/index.ts';
import { nsfwjsBackbone } from './backbones.ts';
import { CONTESTANTS, type ContestResult, contest } from './contest.ts';
import { EVIDENCE, type EvidenceDataset, evidenceDataset } from './dataset.ts';
import { type Diagnosis, diagnose } from './diagnosis.ts';
import { featuresOf } from './features.ts';
import { writeReport } from './report.ts';

/** Seeds that are looked into, at most. */
const DIAGNOSED = 2;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    cache: { type: 'string', default: join(cacheFolder(), 'evidence') },
    datasets: { type: 'string', default: Object.keys(EVIDENCE).join() },
    report: { type: 'boolean', default: false },
  },
});
const { cache } = values;
const seeds = Number(values.seeds);
mkdirSync(cache, { recursive: true });
const results = kept<ContestResult>('results.jsonl');
const diagnoses = kept<Diagnosis>('diagnoses.jsonl');
const datasets: EvidenceDataset[] = [];
for (const name of values.datasets.split(',')) datasets.push(await evidenceDataset(cache, name));
if (!values.report) {
  const backbone = await nsfwjsBackbone('mobilenet_v2');
  for (const dataset of datasets) {
    console.error(`${dataset.name}: ${dataset.images.length} images`);
    const features = await featuresOf(cache, backbone, dataset);
    for (let seed = 0; seed < seeds; seed++)
      for (const contestant of CONTESTANTS) {
        const done = results.some(
          (each) =>
            each.dataset === dataset.name &&
            each.backbone === backbone.name &&
            each.contestant === contestant.name &&
            each.seed === seed,
        );
        if (done) continue;
        const result = await contest(contestant, dataset, features, backbone.name, seed);
        keep('results.jsonl', results, result);
        console.error(
          `  seed ${seed}, ${contestant.name}: ${(100 * result.clean).toFixed(1)} % (${result.seconds.toFixed(0)} s)`,
        );
      }
    for (let seed = 0; seed < Math.min(seeds, DIAGNOSED); seed++)
      for (const featureDropout of [0, 0.5]) {
        const done = diagnoses.some(
          (each) =>
            each.dataset === dataset.name && each.seed === seed && each.featureDropout === featureDropout,
        );
        if (!done)
          keep('diagnoses.jsonl', diagnoses, await diagnose(dataset, features, featureDropout, seed));
      }
  }
}
writeReport(datasets, results, diagnoses);

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
