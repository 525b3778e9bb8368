import { createHash } from 'node:crypto';
import type { NamedStage } from '../../adapters/knowledge.ts';
import type { Dataset, Preprocess } from '../data/index.ts';
import { firstFew, plural } from '../data/layouts/layout.ts';
import { preprocessToJson } from '../data/preprocess.ts';
import { MarnetError } from '../errors.ts';
import type { FeatureSite } from '../locate/index.ts';
import type { BaseKind } from '../marnet/index.ts';
import type { Model } from '../model.ts';
import type { Device } from '../runtime/device/name.ts';
import type { GraphEngine } from '../runtime/graph-engine.ts';
import {
  type FeatureSource,
  featureStatistics,
  type ImageSource,
  type TrainingJob,
  type TrainResult,
  train,
} from '../train/index.ts';
import type { LabelPlan, TrainingStage, WrapEvent } from './events.ts';
import type { FeatureTable } from './features/features.ts';
import type { WrapOptions } from './options.ts';
import { stageFolder } from './run-folder.ts';
import type { PreparedTexts } from './text/texts.ts';
import { augmentationOf } from './tuning/augmentation.ts';

/** Positions in `dataset.samples` of the images that could be decoded. */
export interface SplitRows {
  readonly train: readonly number[];
  readonly holdout: readonly number[];
}

/** Everything that training and export need, found out before. */
export interface Prepared {
  readonly model: Model;
  readonly site: FeatureSite;
  readonly preprocess: Preprocess;
  readonly dataset: Dataset;
  readonly table: FeatureTable;
  readonly rows: SplitRows;
  readonly plan: LabelPlan;
  /** Names of constants that an adapter keeps as they are when everything is tuned. */
  readonly frozen: readonly string[];
  /** Names of constants by stage of the backbone, where an adapter knows them. */
  readonly stages: readonly NamedStage[] | undefined;
  /** Names of the matrices that low-rank updates are of, where an adapter knows them. */
  readonly loraTargets: readonly string[] | undefined;
  /** Where the model itself runs. */
  readonly device: Device;
  /** Who runs the training's graphs. */
  readonly engine: GraphEngine;
  readonly texts: PreparedTexts;
  readonly options: WrapOptions;
}

/** @throws MarnetError 'data' when fewer than two classes are left to train on, or nothing to measure with. */
export function splitRows(dataset: Dataset, table: FeatureTable): SplitRows {
  const skipped = new Set(table.skipped.map(({ position }) => position));
  const usable = (split: 'train' | 'holdout'): number[] =>
    dataset.samples.flatMap((sample, i) => (sample.split === split && !skipped.has(i) ? [i] : []));
  const rows = { train: usable('train'), holdout: usable('holdout') };
  for (const split of ['train', 'holdout'] as const) {
    if (rows[split].length > 0) continue;
    throw new MarnetError('data', `no image of the ${split} split in "${dataset.root}" could be used`, {
      hint: 'Each class needs two readable images at least, one to train on and one to measure with.',
    });
  }
  const left = [...new Set(rows.train.map((i) => dataset.samples[i]!.label))];
  if (left.length < 2) {
    const broken = table.skipped.length;
    throw new MarnetError(
      'data',
      `the images to train on in "${dataset.root}" that could be used are of one class only, ${JSON.stringify(dataset.classes[left[0]!])}` +
        (broken > 0
          ? `; ${plural(broken, 'image')} could not be decoded: ${firstFew(table.skipped.map(({ id }) => id))}`
          : ''),
      { hint: 'A classifier needs readable images of two classes or more to train on.' },
    );
  }
  return rows;
}

/** Names the classes all of whose images for training could not be decoded; undefined where there is none. */
export function lostClassesNotice(dataset: Dataset, rows: SplitRows): string | undefined {
  const left = new Set(rows.train.map((i) => dataset.samples[i]!.label));
  const given = dataset.samples.filter(({ split }) => split === 'train').map(({ label }) => label);
  const lost = [...new Set(given)].filter((label) => !left.has(label)).sort((a, b) => a - b);
  if (lost.length === 0) return undefined;
  const names = firstFew(lost.map((label) => JSON.stringify(dataset.classes[label])));
  return `${plural(lost.length, 'class has', 'classes have')} no image left to train on, as none could be decoded: ${names}`;
}

/**
 * One training: with the heads as the options have them ('marnet'), or without text and heads ('plain'), which is
 * ordinary fine-tuning with the same budget.
 */
export async function* trainStage(
  stage: TrainingStage,
  prepared: Prepared,
  source: FeatureSource | ImageSource,
  runFolder: string,
  signal: AbortSignal,
): AsyncGenerator<WrapEvent, TrainResult> {
  const { model, dataset, table, rows, plan, engine, texts, options } = prepared;
  const folder = stageFolder(runFolder, stage);
  const job: TrainingJob = {
    source,
    labels: Int32Array.from(dataset.samples, (sample) => sample.label),
    classes: dataset.classes.length,
    texts: texts.texts,
    initial: texts.initial,
    trainIndices: rows.train,
    holdoutIndices: rows.holdout,
    base: baseOf(plan, options),
    heads: stage === 'plain' ? { ...texts.heads, ema: false, cdr: false } : texts.heads,
    hyper: options.training,
    seed: options.seed,
    engine,
    precision: options.precision,
    statistics: featureStatistics(table.features, table.width, rows.train),
    folder,
    resume: options.resume,
    identity: [
      `${await model.sha256()}${texts.identity}`,
      imagesIdentity(prepared),
      ...seenThrough(options),
    ].join(' '),
  };
  yield { type: 'stage', stage, folder };
  return yield* train(job, signal);
}

/**
 * SHA-256 over the bytes of the images that are used, and over how they come to the heads. Bytes, as features of the same
 * images need not be the same on another device.
 */
function imagesIdentity({ table, rows, preprocess, site }: Prepared): string {
  const way = [preprocessToJson(preprocess), site.value, site.pooling];
  const hash = createHash('sha256').update(JSON.stringify(way));
  for (const row of [...rows.train, ...rows.holdout]) hash.update(`${table.hashes[row] ?? ''}\n`);
  return `images ${hash.digest('hex')}`;
}

/**
 * How training sees the images and who computes its steps, which a resumed run must have in common with the one before: the
 * augmentation as it is resolved, in whatever order its parts were named, and nothing for what is left out.
 */
function seenThrough(options: WrapOptions): string[] {
  const { views, engine } = options;
  const augmentation = Object.entries(augmentationOf(options) ?? {});
  return [
    ...(augmentation.length > 0 ? [`augment ${JSON.stringify(augmentation.sort())}`] : []),
    ...(views > 1 ? [`views ${views}`] : []),
    ...(engine === 'onnxruntime' ? [] : [`engine ${engine}`]),
  ];
}

/** Frozen, the classifier's logits are cached and get a linear correction; else the classifier itself is trained. */
export function baseOf(plan: LabelPlan, options: Pick<WrapOptions, 'tune'>): BaseKind {
  if (plan === 'new') return 'new';
  return options.tune === 'frozen' ? 'corrected' : 'given';
}
