/** What a job uses and does, in words: the same lines in a terminal and in a log. */
import { availableParallelism } from 'node:os';
import { describePreprocess } from '../../data/preprocess.ts';
import type { Dataset } from '../../data/sample.ts';
import type { FeatureSite } from '../../locate/index.ts';
import { tableText } from '../../report/index.ts';
import type { LossParts } from '../../train/job.ts';
import type {
  Conversion,
  PreprocessOrigin,
  TrainingStage,
  Verification,
  WrapEvent,
} from '../../wrap/events.ts';
import { count, percent, short } from './numbers.ts';

type EventOf<T extends WrapEvent['type']> = Extract<WrapEvent, { readonly type: T }>;

const ORIGINS: Readonly<Record<PreprocessOrigin, string>> = {
  option: 'from --preprocess',
  model: 'from the model',
  adapter: 'from the adapter',
  measured: 'measured, as the model does not say',
  input: 'pixels as they are, because the input is uint8',
  graph: 'assumed, because the graph itself normalises the image; set it with --preprocess',
  assumed: 'assumed: the model does not say; set it with --preprocess',
};

/** The preprocessing, and what was tried to find it. */
export function preprocessLines(event: EventOf<'preprocess'>): string[] {
  const { measured } = event;
  if (!measured) return [preprocessLine(event)];
  const table = tableText(
    ['preprocessing', 'top-1', 'log-likelihood', ''],
    measured.candidates.map(({ name, top1, likelihood }) => [
      name,
      percent(top1),
      likelihood.toFixed(2),
      name === measured.chosen ? 'taken' : '',
    ]),
    { terminal: false },
  );
  return [
    `The model does not say what it wants of images, but knows the labels: tried on ${count(measured.images, 'training image')}`,
    ...table
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
    `  ${measured.reason}`,
    preprocessLine(event),
  ];
}

export function preprocessLine(event: Pick<EventOf<'preprocess'>, 'preprocess' | 'origin'>): string {
  return `Preprocessing: ${describePreprocess(event.preprocess)} (${ORIGINS[event.origin]})`;
}

export function deviceLine({ device, title, reason }: EventOf<'device'>): string {
  const threads = device === 'cpu' ? `, ${count(availableParallelism(), 'thread')}` : '';
  return `Device: ${title}${threads} (${reason})`;
}

/** One line: the value, its shape, how it becomes a vector, and the layer that reads it. */
export function siteLine(site: FeatureSite): string {
  const pooled: Record<FeatureSite['pooling'], string> = {
    none: '',
    'mean-spatial': ', mean over the map',
    'class-token': ', class token',
    'mean-tokens': ', mean over the tokens',
  };
  const { classifier } = site;
  const read = classifier.kind === 'linear' ? 'a linear classifier' : 'a classifier that is kept as it is,';
  return `${site.value} [${site.shape.join(', ')}]${pooled[site.pooling]}: ${site.width} features, then ${read} of ${count(classifier.classes, 'class', 'classes')}`;
}

/** Which adapter is used, and what else would have fitted. */
export function adapterLines({ adapter, others }: EventOf<'adapter'>): string[] {
  const lines = [`Adapter: ${adapter.name} (${adapter.origin}), because ${adapter.because}`];
  for (const other of others)
    lines.push(
      `  before ${other.name} (${other.origin}), of specificity ${other.specificity} to ${adapter.specificity}`,
    );
  return lines;
}

export function locatedLines({ site, others }: EventOf<'located'>): string[] {
  const lines = [`Feature layer: ${siteLine(site)}`, `  because ${site.reason}`];
  if (others.length > 0) {
    const named = others.slice(0, 3).map((other) => other.value);
    lines.push(`  other candidates, for --at: ${named.join(', ')}${others.length > 3 ? ', …' : ''}`);
  }
  return lines;
}

export function dataLines(dataset: Dataset): string[] {
  const { samples, test, classes, notices } = dataset;
  const train = samples.filter((sample) => sample.split === 'train');
  const holdout = samples.length - train.length;
  const without = samples.filter((sample) => !sample.text).length;
  const parts = [`${count(train.length, 'image')} to train on`];
  const own = dataset.holdout === 'given' ? ' of its validation split' : '';
  if (holdout > 0) parts.push(`${count(holdout, 'image')}${own} held out`);
  if (test.length > 0) parts.push(`${count(test.length, 'image')} left for testing`);
  const texts =
    without === 0
      ? 'all with text'
      : without === samples.length
        ? 'none with text'
        : `${without} without text`;
  return [
    `Data: ${dataset.root} (${dataset.layout})`,
    `  ${count(classes.length, 'class', 'classes')}; ${parts.join(', ')}; ${texts}`,
    ...notices.map((notice) => `  ${notice}`),
  ];
}

/** What is being computed: of which view, where there are several. */
export function featuresStage({ view, views }: Pick<EventOf<'features'>, 'view' | 'views'>): string {
  return views === undefined ? 'Features' : `Features, view ${view} of ${views}`;
}

export function featuresLine(event: EventOf<'features'>): string {
  const cached = event.cached > 0 ? `, ${event.cached} of them from the cache` : '';
  return `${featuresStage(event)}: ${count(event.total, 'image')} done${cached}`;
}

export function labelsLine({ plan, reason }: EventOf<'labels'>): string {
  const what = plan === 'kept' ? "the model's own are kept" : 'a new classifier layer';
  return `Classes: ${what}, because ${reason}`;
}

export const STAGES: Readonly<Record<TrainingStage, string>> = {
  marnet: 'MARNet',
  plain: 'Plain fine-tuning',
};

/** "loss 1.234 (ema 0.5, rec 0.1)" */
export function lossText(losses: LossParts): string {
  const parts = (['ema', 'rec', 'cdr', 'text'] as const).flatMap((name) => {
    const value = losses[name];
    return value === undefined ? [] : [`${name} ${value.toFixed(3)}`];
  });
  return `loss ${losses.loss.toFixed(3)}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`;
}

/** What changed with another format than ONNX, or that nothing did. */
export function conversionLine({
  format,
  quantize,
  images,
  agreement,
  largestDifference,
  top1,
}: Conversion): string {
  const how = quantize ? `, weights as ${quantize}` : '';
  const right = `top-1 ${percent(top1.written)}, as ONNX ${percent(top1.onnx)}`;
  return `Written as ${format}${how}, and on ${count(images, 'holdout image')}: ${right}; largest difference of an output ${short(largestDifference)}, same best class on ${percent(agreement)}`;
}

export function verificationLine({ images, largestDifference, agreement }: Verification): string {
  return `Verified on ${count(images, 'holdout image')}: largest difference ${short(largestDifference)}, same best class on ${percent(agreement)}`;
}
