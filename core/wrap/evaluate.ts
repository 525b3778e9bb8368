import type { Dataset, Sample } from '../data/dataset.ts';
import type { Preprocess } from '../data/index.ts';
import { MarnetError } from '../errors.ts';
import type { Model } from '../model.ts';
import { type ClassReport, reportOf } from '../report/index.ts';
import { chooseDevice } from '../runtime/device/choose.ts';
import type { Device } from '../runtime/device/name.ts';
import { classifyImages } from './classify.ts';
import type { PreprocessOrigin } from './events.ts';
import { basePreprocess, classNames, type EvaluateOptions, openLabelled } from './labelled.ts';
import { resolvePreprocess } from './preprocess/resolve.ts';

export type { EvaluateOptions } from './labelled.ts';

type ScoreOptions = Omit<EvaluateOptions, 'device'> & {
  readonly device: Device;
  readonly preprocess: Preprocess;
};

/** How well a classifier does on labelled images. */
export interface Score {
  /** Shares, 0 to 1. */
  readonly top1: number;
  /** Undefined with five classes or fewer. */
  readonly top5: number | undefined;
  readonly macroF1: number;
  /** In the order of the model's classes; those that neither the data nor the predictions have are left out. */
  readonly perClass: readonly ClassReport[];
}

/** How well a classifier does on labelled images; `base` is another one on the same images. */
export interface Evaluation extends Score {
  /** What was done to images for the model, and who said so. */
  readonly preprocess: Preprocess;
  readonly preprocessOrigin: PreprocessOrigin;
  readonly images: number;
  readonly skipped: number;
  readonly base?: Score;
}

/**
 * Measures a classifier on labelled images. Labels are matched with the model's class names; a model without names is
 * taken to have the data's classes, in the order of their names.
 * @throws MarnetError 'data' for labels that the model does not know, or a part of the data that is empty.
 */
export async function evaluateModel(
  from: string | Model,
  data: string | Dataset,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { model, base, dataset, samples } = await openLabelled(from, data, options);
  const { device } = await chooseDevice(options.device ?? 'auto');
  const { preprocess, origin } = resolvePreprocess(model, options.preprocess);
  const measuring = { ...options, device, preprocess };
  const own = await scoreModel(model, dataset, samples, measuring);
  return {
    preprocess,
    preprocessOrigin: origin,
    images: samples.length - own.skipped,
    skipped: own.skipped,
    ...own.score,
    ...(base ? { base: await scoreBase(model, base, dataset, samples, measuring) } : {}),
  };
}

async function scoreBase(
  model: Model,
  base: Model,
  dataset: Dataset,
  samples: readonly Sample[],
  options: ScoreOptions,
): Promise<Score> {
  const preprocess = await basePreprocess(model, base);
  return (await scoreModel(base, dataset, samples, { ...options, preprocess })).score;
}

async function scoreModel(
  model: Model,
  dataset: Dataset,
  samples: readonly Sample[],
  options: ScoreOptions,
): Promise<{ readonly score: Score; readonly skipped: number }> {
  const { preprocess } = options;
  const names = classNames(model, dataset, samples);
  const classified = classifyImages(model, samples, {
    preprocess,
    strict: options.strict ?? false,
    device: options.device,
    ...(options.batch === undefined ? {} : { batch: options.batch }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const truth: number[] = [];
  const rows: Float32Array[] = [];
  for await (const { position, probabilities } of classified) {
    truth.push(names.indexOf(dataset.classes[samples[position]!.label]!));
    rows.push(probabilities);
  }
  if (rows.length === 0) throw new MarnetError('data', `no image in "${dataset.root}" could be decoded`);
  const classes = names.length;
  const scores = new Float32Array(rows.length * classes);
  rows.forEach((row, i) => {
    scores.set(row, i * classes);
  });
  const { top1, top5, macroF1, perClass } = reportOf(scores, truth, names);
  const seen = perClass.filter((each) => each.images > 0 || each.precision > 0);
  const score = { top1, top5: classes > 5 ? top5 : undefined, macroF1, perClass: seen };
  return { score, skipped: classified.skipped.length };
}
