/**
 * Where the defaults of frozen training that the evidence rests on were chosen: splits made of the training and holdout
 * images alone, so that no test image is looked at. Emoji are trained on as one of the two drawn them and tested on others as
 * the other drew them, since their real test is another style too.
 *
 * usage: tsx test/evidence/choice.ts [--seeds 5] [--cache FOLDER] [--datasets stamps,emoji]
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder, type Sample, type Split } from '../../core/data/index.ts';
import { bestClasses, meanInterval, pairedDifference } from '../../core/report/index.ts';
import { openEngine, trainingState } from '../../core/train/setup.ts';
import { nsfwjsBackbone } from './backbones.ts';
import { type Contestant, trainHeads } from './contest.ts';
import { splitByName } from './data/split.ts';
import { unitsOf } from './data/units.ts';
import { type EvidenceDataset, evidenceDataset } from './dataset.ts';
import { type EvidenceRows, featuresOf } from './features.ts';
import { frozen } from './setting.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    cache: { type: 'string', default: join(cacheFolder(), 'evidence') },
    datasets: { type: 'string', default: 'stamps,emoji' },
  },
});

const CANDIDATES: readonly Contestant[] = [0, 0.5, 0.7].flatMap((featureDropout) => [
  { name: `plain heads, feature dropout ${featureDropout}`, heads: { featureDropout }, texts: false },
  { name: `MARNet, feature dropout ${featureDropout}`, heads: { featureDropout }, texts: true },
]);

const backbone = await nsfwjsBackbone('mobilenet_v2');
for (const name of values.datasets.split(',')) {
  const dataset = await evidenceDataset(values.cache, name);
  const features = await featuresOf(values.cache, backbone, dataset);
  const units = await unitsOfImages(dataset);
  const results = CANDIDATES.map((): number[] => []);
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    const { development, test } = developmentSplit(dataset, units, seed);
    for (const [i, candidate] of CANDIDATES.entries())
      results[i]!.push(await top1(candidate, development, test, features, seed));
  }
  console.log(`${name}, top-1 in %:`);
  for (const [i, candidate] of CANDIDATES.entries()) {
    const { mean, half } = meanInterval(results[i]!);
    const gain = candidate.texts ? pairedDifference(results[i - 1]!, results[i]!) : undefined;
    const over = gain
      ? `, ${(100 * gain.mean).toFixed(1)} ± ${(100 * gain.half).toFixed(1)} over plain heads`
      : '';
    console.log(`  ${candidate.name}: ${(100 * mean).toFixed(1)} ± ${(100 * half).toFixed(1)}${over}`);
  }
}

/** What shows one thing, or nearly: drawings of one emoji, near duplicates among stamps. */
async function unitsOfImages({ name, images }: EvidenceDataset): Promise<string[]> {
  const nameOf = (image: Sample): string => (name === 'emoji' ? image.id.split('/').at(-1)! : image.id);
  const own = images.filter(({ split }) => split !== 'test');
  const units = await unitsOf(own.map((image) => ({ name: nameOf(image), file: image.file })));
  return images.map((image) => units.get(nameOf(image)) ?? '');
}

function developmentSplit(
  dataset: EvidenceDataset,
  units: readonly string[],
  seed: number,
): { readonly development: EvidenceDataset; readonly test: readonly number[] } {
  const { images } = dataset;
  const own = images.flatMap(({ split }, i) => (split === 'test' ? [] : [i]));
  const parts = splitByName(
    own.map((i) => ({ unit: units[i]!, label: String(images[i]!.label) })),
    seed,
    { validation: 0.15, test: 0.3 },
  );
  const splits = new Map(own.map((i, k) => [i, parts[k]!]));
  const trained = seed % 2 === 0 ? 'twitter' : 'google';
  const counts = (i: number): boolean =>
    dataset.name !== 'emoji' || images[i]!.id.startsWith(trained) === (splits.get(i) !== 'test');
  const test = own.filter((i) => splits.get(i) === 'test' && counts(i));
  const splitOf = (i: number): Split => {
    const part = splits.get(i);
    if (part === undefined || part === 'test' || !counts(i)) return 'test';
    return part === 'train' ? 'train' : 'holdout';
  };
  return {
    development: { ...dataset, images: images.map((image, i) => ({ ...image, split: splitOf(i) })) },
    test,
  };
}

async function top1(
  candidate: Contestant,
  development: EvidenceDataset,
  test: readonly number[],
  features: EvidenceRows,
  seed: number,
): Promise<number> {
  const { job, trained } = await trainHeads(candidate, development, frozen(features), seed);
  const engine = await openEngine(job, trainingState(job, trained), trained);
  try {
    const chosen = bestClasses(await engine.evaluate(test), job.classes);
    return test.filter((image, i) => chosen[i] === job.labels[image]).length / test.length;
  } finally {
    await engine.close();
  }
}
