import { loadModel } from '../../adapters/load.ts';
import { type Dataset, type DatasetOptions, loadDataset, type Sample } from '../data/dataset.ts';
import type { Preprocess } from '../data/index.ts';
import { MarnetError } from '../errors.ts';
import { readMergedMetadata } from '../export/index.ts';
import { locateFeatures } from '../locate/index.ts';
import type { Model } from '../model.ts';
import { type ClassReport, reportOf } from '../report/index.ts';
import { chooseDevice } from '../runtime/device/choose.ts';
import type { Device, DeviceWish } from '../runtime/device/name.ts';
import { classifyImages } from './classify.ts';
import { resolvePreprocess } from './preprocess.ts';

/** Those of the data that say how a folder is read. */
export type ReadingOptions = Pick<DatasetOptions, 'columns' | 'cacheFolder'>;

export interface EvaluateOptions extends ReadingOptions {
  /** Another classifier to measure on the same images: the model that a merged one came from. */
  readonly base?: string | Model;
  readonly preprocess?: Preprocess;
  /** Images a run, where the model leaves it open; 16 unless told, or 64 on another device than the CPU. */
  readonly batch?: number;
  /** Fail on an image that cannot be decoded, instead of leaving it out. */
  readonly strict?: boolean;
  /**
   * Which part of the data; all of it unless told. Where the data has no split of its own, 'train' and 'holdout' are
   * those of the run that made a merged model.
   */
  readonly split?: 'all' | 'train' | 'holdout' | 'test';
  readonly signal?: AbortSignal;
  /** Where the models run; 'auto', the fastest that works, unless told. */
  readonly device?: DeviceWish;
}

export interface Score {
  /** Shares, 0 to 1. */
  readonly top1: number;
  readonly top5: number;
  readonly macroF1: number;
  /** In the order of the model's classes; those that neither the data nor the predictions have are left out. */
  readonly perClass: readonly ClassReport[];
}

export interface Evaluation extends Score {
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
  const model = await loaded(from);
  const { labels } = model;
  const dataset =
    typeof data === 'string'
      ? await loadDataset(data, {
          purpose: 'evaluate',
          ...(labels ? { classes: labels, forceClasses: true } : {}),
          ...splitOf(model, options.split),
          columns: options.columns,
          cacheFolder: options.cacheFolder,
        })
      : data;
  const samples = partOf(dataset, options.split ?? 'all');
  const { device } = await chooseDevice(options.device ?? 'auto');
  const own = await scoreModel(model, dataset, samples, { ...options, device });
  const base = options.base === undefined ? undefined : await loaded(options.base);
  return {
    images: samples.length - own.skipped,
    skipped: own.skipped,
    ...own.score,
    ...(base
      ? { base: (await scoreModel(base, dataset, samples, withoutPreprocess({ ...options, device }))).score }
      : {}),
  };
}

/** The share and seed of the holdout that a merged model was trained without. */
function splitOf(
  model: Model,
  split: EvaluateOptions['split'],
): { readonly holdout?: number; readonly seed?: number } {
  const merged = split === 'train' || split === 'holdout' ? readMergedMetadata(model.metadata) : undefined;
  const holdout = merged?.options.holdout;
  return merged && typeof holdout === 'number' ? { holdout, seed: merged.seed } : {};
}

const loaded = async (from: string | Model): Promise<Model> =>
  typeof from === 'string' ? loadModel(from) : from;

type ScoreOptions = Omit<EvaluateOptions, 'device'> & { readonly device: Device };

/** The base model may want other preprocessing than what was given for the one that is measured. */
function withoutPreprocess({ preprocess: _, ...rest }: ScoreOptions): ScoreOptions {
  return rest;
}

function partOf(dataset: Dataset, split: NonNullable<EvaluateOptions['split']>): readonly Sample[] {
  const all = [...dataset.samples, ...dataset.test];
  const part = split === 'all' ? all : all.filter((sample) => sample.split === split);
  if (part.length > 0) return part;
  throw new MarnetError('data', `"${dataset.root}" has no images in the part "${split}"`, {
    hint: 'Parts come from a "split" column or from the folders; leave --split out to measure on everything.',
  });
}

async function scoreModel(
  model: Model,
  dataset: Dataset,
  samples: readonly Sample[],
  options: ScoreOptions,
): Promise<{ readonly score: Score; readonly skipped: number }> {
  const { preprocess } = resolvePreprocess(model, options.preprocess);
  const classes = locateFeatures(model)[0]!.classifier.classes;
  const names = model.labels ?? dataset.classes;
  if (names.length !== classes) {
    throw new MarnetError(
      'data',
      `the model has ${classes} classes, but ${names.length} names are known (${model.labels ? 'its own' : "the data's"}): which is which cannot be told`,
      {
        hint: 'Evaluate a model that carries its class names, or data with a folder for each of its classes.',
      },
    );
  }
  const foreign = [...new Set(samples.map((sample) => dataset.classes[sample.label]!))].filter(
    (label) => !names.includes(label),
  );
  if (foreign.length > 0) {
    throw new MarnetError(
      'data',
      `the model${model.path === undefined ? '' : ` "${model.path}"`} has no class ${JSON.stringify(foreign[0])}${foreign.length > 1 ? ` (nor ${foreign.length - 1} more of the data's)` : ''}`,
      { hint: 'Measure it on data of its own classes; a base model with other classes cannot be compared.' },
    );
  }
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
  const scores = new Float32Array(rows.length * classes);
  rows.forEach((row, i) => {
    scores.set(row, i * classes);
  });
  const { top1, top5, macroF1, perClass } = reportOf(scores, truth, names);
  const seen = perClass.filter((each) => each.images > 0 || each.precision > 0);
  return { score: { top1, top5, macroF1, perClass: seen }, skipped: classified.skipped.length };
}
