/** A model, and the labelled images that it is measured on. */
import { loadModel } from '../../adapters/load.ts';
import { type Dataset, type DatasetOptions, loadDataset, type Sample } from '../data/dataset.ts';
import { type Preprocess, randomStream } from '../data/index.ts';
import { MarnetError } from '../errors.ts';
import { readMergedMetadata } from '../export/index.ts';
import { locateFeatures } from '../locate/index.ts';
import type { Model } from '../model.ts';
import type { DeviceWish } from '../runtime/device/name.ts';
import { resolvePreprocess } from './preprocess/resolve.ts';

/** Those of the data that say how a folder is read. */
export type ReadingOptions = Pick<DatasetOptions, 'columns' | 'cacheFolder'>;

/** Which images a model is measured on, and how. */
export interface EvaluateOptions extends ReadingOptions {
  /** Another classifier to measure on the same images: the model that a merged one came from. */
  readonly base?: string | Model;
  readonly preprocess?: Preprocess;
  /** Images a run, where the model leaves it open; few unless told. */
  readonly batch?: number;
  /** Fail on an image that cannot be decoded, instead of leaving it out. */
  readonly strict?: boolean;
  /**
   * Which part of the data; all of it unless told. Where the data has no split of its own, 'train' and 'holdout' are
   * those of the run that made a merged model.
   */
  readonly split?: 'all' | 'train' | 'holdout' | 'test';
  /** Images at most, drawn at random from the part; all of them unless told. */
  readonly limit?: number;
  /** Of that draw; 0 unless told. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Where the models run; 'auto', the fastest that works, unless told. */
  readonly device?: DeviceWish;
}

export interface Labelled {
  readonly model: Model;
  /** The other classifier, where there is one. */
  readonly base: Model | undefined;
  readonly dataset: Dataset;
  readonly samples: readonly Sample[];
}

/**
 * Loads what is measured. Labels are matched with the model's class names.
 * @throws MarnetError 'data' for a part of the data that is empty.
 */
export async function openLabelled(
  from: string | Model,
  data: string | Dataset,
  options: EvaluateOptions,
): Promise<Labelled> {
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
  const samples = drawn(partOf(dataset, options.split ?? 'all'), options);
  return {
    model,
    base: options.base === undefined ? undefined : await loaded(options.base),
    dataset,
    samples,
  };
}

const loaded = async (from: string | Model): Promise<Model> =>
  typeof from === 'string' ? loadModel(from) : from;

/**
 * What is done to images before the base model: what it says of itself, else what is done before the merged model that
 * was made of it, whose preprocessing may have been given or measured; else the usual.
 */
export async function basePreprocess(model: Model, base: Model): Promise<Preprocess> {
  const says = base.preprocess !== undefined && base.preprocessBy === undefined;
  const merged = says ? undefined : readMergedMetadata(model.metadata);
  const own = merged && merged.baseSha256 === (await base.sha256()) ? merged.preprocess : undefined;
  return resolvePreprocess(base, own).preprocess;
}

/** As many as are wanted, in the order of the data. */
function drawn(samples: readonly Sample[], { limit, seed = 0 }: EvaluateOptions): readonly Sample[] {
  if (limit === undefined || limit >= samples.length) return samples;
  const order = randomStream(seed, 'measured images').shuffle(samples.map((_, i) => i));
  return order
    .slice(0, limit)
    .sort((a, b) => a - b)
    .map((i) => samples[i]!);
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

function partOf(dataset: Dataset, split: NonNullable<EvaluateOptions['split']>): readonly Sample[] {
  const all = [...dataset.samples, ...dataset.test];
  const part = split === 'all' ? all : all.filter((sample) => sample.split === split);
  if (part.length > 0) return part;
  throw new MarnetError('data', `"${dataset.root}" has no images in the part "${split}"`, {
    hint: 'Parts come from a "split" column or from the folders; leave --split out to measure on everything.',
  });
}

/**
 * The names of the model's classes in the order of its scores; a model without names is taken to have the data's
 * classes, in the order of their names.
 * @throws MarnetError 'data' where they are not as many as its scores, or lack a label of the images.
 */
export function classNames(model: Model, dataset: Dataset, samples: readonly Sample[]): readonly string[] {
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
  return names;
}
