/** Where a training's features come from: a table, or a backbone that is trained as a whole, in its upper part, or by updates to it. */
import { drawAugmentation, drawMixing, mixImages } from '../../data/augment/index.ts';
import { type SizeMemory, writeImage } from '../../data/images.ts';
import { imageLength } from '../../data/index.ts';
import { plural } from '../../data/layouts/layout.ts';
import { sizeOf, type Tensor } from '../../graph/index.ts';
import { type ClassifierBackbone, FEATURES, LOGITS, prepareClassifier } from '../../runtime/classifier.ts';
import { type CutBackbone, cutBelow, type TrainedPart } from '../../runtime/cut.ts';
import { openFrozenPart } from '../../runtime/frozen-part.ts';
import { type Layer, type Layers, layersOf } from '../../runtime/layers.ts';
import { type LowRankUpdate, matricesOf, withLowRankUpdates } from '../../runtime/low-rank.ts';
import type { FeatureSource, FeatureView, ImageSource } from '../../train/index.ts';
import type { WrapEvent } from '../events.ts';
import type { Prepared } from '../stage.ts';
import { cutActivations, MOST_CACHED_BYTES } from './activations.ts';
import { augmentationOf } from './augmentation.ts';
import { lastLayers } from './last-layers.ts';
import { lowRankTargets } from './low-rank-targets.ts';
import { parseTune } from './mode.ts';

export interface OpenedSource {
  readonly source: FeatureSource | ImageSource;
  /** What was trained, as weights of the model where it was something else. */
  weightsOf(parameters: Map<string, Tensor>): Map<string, Tensor>;
  close(): Promise<void>;
}

/** The source that the options ask for; says in words what is trained where that is a part of the backbone. */
export async function* openSource(
  prepared: Prepared,
  views: readonly FeatureView[],
  signal: AbortSignal,
): AsyncGenerator<WrapEvent, OpenedSource> {
  const { table, plan, options } = prepared;
  const mode = parseTune(options.tune)!;
  if (mode.kind === 'frozen') {
    const baseLogits = plan === 'kept' ? table.logits : undefined;
    return opened({ kind: 'features', features: table.features, width: table.width, baseLogits, views });
  }
  const backbone = await openBackbone(prepared);
  if (options.batchNorm === 'train' && backbone.running.size === 0)
    yield {
      type: 'notice',
      message: 'The model has no BatchNormalization of its own to train statistics of.',
    };
  const layers = layersOf(backbone.graph, new Set(backbone.parameters.keys()), FEATURES, prepared.stages);
  if (mode.kind === 'last') return yield* openUpperPart(prepared, backbone, layers, mode.count, signal);
  if (mode.kind === 'lora') return yield* openLowRank(prepared, backbone, layers, mode.rank);
  const resized = (batch: number) => openBackbone(prepared, batch);
  return opened({ ...sourceOf(prepared, layers), backbone, resized, images: pixelReader(prepared) });
}

function opened(source: FeatureSource | ImageSource): OpenedSource {
  return { source, weightsOf: (parameters) => parameters, close: async () => {} };
}

function openBackbone(
  { model, site, preprocess, plan, frozen, options }: Prepared,
  batch = options.training.batch,
): Promise<ClassifierBackbone> {
  const fixed = new Set(frozen);
  return prepareClassifier(model.graph, site, {
    logits: plan === 'kept',
    batch,
    size: preprocess,
    trainable: (name) => !fixed.has(name),
    statistics: options.batchNorm === 'train',
  });
}

function sourceOf(prepared: Prepared, layers: Layers): Omit<ImageSource, 'backbone' | 'images'> {
  const { site, plan } = prepared;
  return {
    kind: 'images',
    site: { value: FEATURES, pooling: 'none', width: site.width },
    logits: plan === 'kept' ? LOGITS : undefined,
    depths: depthsOf(layers),
    mixing: mixingOf(prepared),
  };
}

/** How the images of a step are mixed, which labels and texts follow; undefined where they never are. */
function mixingOf({ options, preprocess }: Prepared): ImageSource['mixing'] {
  const augmentation = augmentationOf(options);
  if (!augmentation?.mixup && !augmentation?.cutmix) return undefined;
  return (epoch, step) => drawMixing(augmentation, preprocess, options.seed, epoch, step);
}

/** Layers between a parameter and the heads: 0 for the classifier, 1 for the last layer, and so on. */
function depthsOf({ layers, others }: Layers): Map<string, number> {
  const depths = new Map<string, number>();
  const put = (names: readonly string[], depth: number): void => {
    for (const name of names) depths.set(name, depth);
  };
  layers.forEach((layer, i) => {
    put(layer.parameters, layers.length - i);
  });
  put(others, layers.length + 1);
  return depths;
}

async function* openUpperPart(
  prepared: Prepared,
  backbone: ClassifierBackbone,
  layers: Layers,
  count: number,
  signal: AbortSignal,
): AsyncGenerator<WrapEvent, OpenedSource> {
  const chosen = lastLayers(layers, count, prepared.stages !== undefined);
  const trained = new Set([...chosen.flatMap((layer) => layer.parameters), ...layers.classifier]);
  // Statistics go with their scale, whether or not an adapter lists them.
  for (const [name, scale] of backbone.running) {
    if (trained.has(scale)) trained.add(name);
    else trained.delete(name);
  }
  const cut = cutBelow(backbone, trained);
  const resized = async (batch: number) => cutBelow(await openBackbone(prepared, batch), trained).upper;
  const base = { ...sourceOf(prepared, layers), backbone: cut.upper, resized };
  const pixels = pixelReader(prepared);
  const { lower } = cut;
  const message = describe(prepared, layers, chosen, cut);
  if (!lower) {
    yield { type: 'notice', message: `${message}. Nothing below it is frozen.` };
    return opened({ ...base, images: pixels });
  }
  const part = await openFrozenPart(backbone, lower, prepared.device);
  const augmented = augmentationOf(prepared.options) !== undefined;
  const used = [...prepared.rows.train, ...prepared.rows.holdout];
  const bytes = used.length * part.width * 4;
  const cached = !augmented && bytes <= MOST_CACHED_BYTES;
  const why = augmented
    ? 'are computed at each step, as images are augmented'
    : cached
      ? 'are computed once'
      : `are computed at each step, as those of all images would take ${gigabytes(bytes)}, more than ${gigabytes(MOST_CACHED_BYTES)}`;
  yield { type: 'notice', message: `${message}; its inputs (${sizesOf(cut)} an image) ${why}.` };
  if (cached) {
    try {
      const rows = yield* cutActivations(prepared, cut, part, used, signal);
      return opened({ ...base, images: async (indices) => rows(indices) });
    } finally {
      await part.close();
    }
  }
  const images: ImageSource['images'] = async (indices, epoch, step) =>
    part.run(await pixels(indices, epoch, step), indices.length);
  return { ...opened({ ...base, images }), close: () => part.close() };
}

async function* openLowRank(
  prepared: Prepared,
  backbone: ClassifierBackbone,
  layers: Layers,
  rank: number,
): AsyncGenerator<WrapEvent, OpenedSource> {
  const targets = lowRankTargets(prepared.loraTargets, layers);
  const updatesOf = (whole: ClassifierBackbone) =>
    withLowRankUpdates(whole, rank, prepared.options.seed, targets);
  const { part, updates, merge } = updatesOf(backbone);
  const all = matricesOf(backbone).length;
  const which =
    updates.length < all
      ? `${updates.length} of ${all} matrices, as the adapter says`
      : plural(all, 'matrix', 'matrices');
  yield {
    type: 'notice',
    message: `Trained: the heads, and updates of ${rankOf(updates, part)} to ${which}, ${numbersIn(part)} numbers.`,
  };
  const base = sourceOf(prepared, layers);
  const depths = new Map(
    updates.flatMap(({ weight, a, b }) =>
      [a, b].map((name) => [name, base.depths?.get(weight) ?? 0] as const),
    ),
  );
  const resized = async (batch: number) => updatesOf(await openBackbone(prepared, batch)).part;
  const source = opened({ ...base, depths, backbone: part, resized, images: pixelReader(prepared) });
  return { ...source, weightsOf: merge };
}

/** A matrix that is smaller on a side than the rank has updates of that side's. */
function rankOf(updates: readonly LowRankUpdate[], { parameters }: TrainedPart): string {
  const ranks = updates.map(({ a }) => parameters.get(a)!.dims[0]!);
  const [least, most] = [Math.min(...ranks), Math.max(...ranks)];
  return least === most ? `rank ${most}` : `rank up to ${most}`;
}

function numbersIn({ parameters }: TrainedPart): number {
  return [...parameters.values()].reduce((sum, { dims }) => sum + sizeOf(dims), 0);
}

function describe(
  { stages, plan }: Prepared,
  { layers }: Layers,
  chosen: readonly Layer[],
  { upper }: CutBackbone,
): string {
  const what = stages ? 'stages' : 'layers with weights';
  const classifier = plan === 'kept' ? ', the classifier' : '';
  const from = `from "${chosen[0]!.name}" on`;
  return `Trained: the heads${classifier} and the last ${chosen.length} of ${layers.length} ${what}, ${from}, ${numbersIn(upper)} numbers`;
}

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

function sizesOf({ upper }: CutBackbone): string {
  return upper.fed.map(({ shape }) => shape.slice(1).join('x')).join(' and ');
}

/** Reads images as the model's input has them, augmented and mixed. */
function pixelReader(
  prepared: Prepared,
): (indices: readonly number[], epoch: number | 'holdout', step: number) => Promise<Float32Array> {
  const { dataset, preprocess, options } = prepared;
  const sizes: SizeMemory = new Map();
  const length = imageLength(preprocess);
  const augmentation = augmentationOf(options);
  const mixing = mixingOf(prepared);
  return async (indices, epoch, step) => {
    const pixels = new Float32Array(indices.length * length);
    await Promise.all(
      indices.map((i, row) => {
        const drawn =
          augmentation && epoch !== 'holdout'
            ? drawAugmentation(augmentation, options.seed, epoch, i)
            : undefined;
        return writeImage(dataset.samples[i]!.file, preprocess, pixels, row * length, drawn, sizes);
      }),
    );
    const mixed = epoch === 'holdout' ? undefined : mixing?.(epoch, step);
    if (mixed) mixImages(pixels, indices.length, preprocess, mixed);
    return pixels;
  };
}
