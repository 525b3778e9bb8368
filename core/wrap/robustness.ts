import { rawBatches, type SkippedImage } from '../data/batches.ts';
import { CORRUPTIONS, corrupt, SEVERITIES } from '../data/corruptions/index.ts';
import type { Dataset, Sample } from '../data/dataset.ts';
import type { RawImage } from '../data/decode.ts';
import type { Preprocess } from '../data/index.ts';
import { MarnetError } from '../errors.ts';
import { toFloat32 } from '../graph/index.ts';
import type { Model } from '../model.ts';
import { bestClasses, corruptionErrors } from '../report/index.ts';
import { chooseDevice } from '../runtime/device/choose.ts';
import type { Device } from '../runtime/device/name.ts';
import type { ImageLanes } from '../runtime/images/index.ts';
import { openClassifier } from './classify.ts';
import type { PreprocessOrigin } from './events.ts';
import { basePreprocess, classNames, type EvaluateOptions, openLabelled } from './labelled.ts';
import { resolvePreprocess } from './preprocess/resolve.ts';

/** Which images are corrupted, and how the model is run. */
export interface RobustnessOptions extends EvaluateOptions {
  /** Called as images are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

type RunOptions = Omit<RobustnessOptions, 'device'> & { readonly device: Device };

/** Accuracy under one kind of corruption. */
export interface CorruptionScore {
  readonly name: string;
  /** Top-1 accuracy at severities 1 to 5, shares from 0 to 1. */
  readonly top1: readonly number[];
  /** Of the five. */
  readonly mean: number;
}

/** A model's accuracy with and without corruptions. */
export interface RobustnessScore {
  /** Top-1 accuracy on the images as they are. */
  readonly clean: number;
  readonly corruptions: readonly CorruptionScore[];
  /** Over all corruptions and severities. */
  readonly mean: number;
}

/** What `evaluateRobustness` measured. */
export interface Robustness extends RobustnessScore {
  /** What was done to images for the model, and who said so. */
  readonly preprocess: Preprocess;
  readonly preprocessOrigin: PreprocessOrigin;
  readonly images: number;
  readonly skipped: number;
  readonly seed: number;
  /** Where a base model was given. */
  readonly base?: RobustnessScore & {
    /**
     * Of the model relative to the base model, by corruption: the sum of the errors over the severities, divided by the
     * base model's; null where the base model makes none.
     */
    readonly corruptionErrors: readonly (number | null)[];
    /** Their mean (Hendrycks and Dietterich 2019); null where there is none. */
    readonly meanCorruptionError: number | null;
  };
}

/**
 * Top-1 accuracy under every corruption at every severity. What happens to an image follows from `seed` and its id, so
 * that every model meets the same.
 * @throws MarnetError 'data' as `evaluateModel` does.
 */
export async function evaluateRobustness(
  from: string | Model,
  data: string | Dataset,
  options: RobustnessOptions = {},
): Promise<Robustness> {
  const { model, base, dataset, samples } = await openLabelled(from, data, options);
  const { preprocess, origin } = resolvePreprocess(model, options.preprocess);
  const contestants: Contestant[] = [contestantOf(model, preprocess, dataset, samples)];
  if (base) contestants.push(contestantOf(base, await basePreprocess(model, base), dataset, samples));
  const seed = options.seed ?? 0;
  const { device } = await chooseDevice(options.device ?? 'auto');
  let skipped: readonly SkippedImage[] = [];
  const groups = sameDecoding(contestants);
  for (const [i, group] of groups.entries())
    skipped = await measure(group, samples, seed, {
      ...options,
      device,
      onProgress: (done, total) => options.onProgress?.(i * total + done, groups.length * total),
    });
  const images = samples.length - skipped.length;
  if (images === 0) throw new MarnetError('data', `no image in "${dataset.root}" could be decoded`);
  const [own, other] = contestants.map(({ right }) => scoreOf(right, images));
  return {
    preprocess,
    preprocessOrigin: origin,
    images,
    skipped: skipped.length,
    seed,
    ...own!,
    ...(other ? { base: relativeTo(other, own!) } : {}),
  };
}

/** The clean image first, then all severities of each corruption. */
const VARIANTS = [
  undefined,
  ...CORRUPTIONS.flatMap((corruption) => SEVERITIES.map((severity) => ({ corruption, severity }))),
];

interface Contestant {
  readonly model: Model;
  readonly preprocess: Preprocess;
  /** Class of each sample in the order of the model's scores. */
  readonly truth: readonly number[];
  /** Images that were given their class, by variant. */
  readonly right: number[];
}

function contestantOf(
  model: Model,
  preprocess: Preprocess,
  dataset: Dataset,
  samples: readonly Sample[],
): Contestant {
  const names = classNames(model, dataset, samples);
  const truth = samples.map((sample) => names.indexOf(dataset.classes[sample.label]!));
  return { model, preprocess, truth, right: VARIANTS.map(() => 0) };
}

/** Models whose images are decoded to the same pixels share them, and their corruption. */
function sameDecoding(contestants: readonly Contestant[]): Contestant[][] {
  const groups = new Map<string, Contestant[]>();
  for (const contestant of contestants) {
    const { width, height, resize, resizeTo, interpolation } = contestant.preprocess;
    const key = [width, height, resize, resizeTo, interpolation].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), contestant]);
  }
  return [...groups.values()];
}

async function measure(
  contestants: readonly Contestant[],
  samples: readonly Sample[],
  seed: number,
  { batch, strict = false, device, signal, onProgress }: RunOptions,
): Promise<readonly SkippedImage[]> {
  const runs = samples.length * VARIANTS.length;
  const opened: { readonly contestant: Contestant; readonly lanes: ImageLanes }[] = [];
  const running = new Set<Promise<void>>();
  try {
    for (const contestant of contestants) {
      const { model, preprocess } = contestant;
      const { lanes } = await openClassifier(model, { preprocess, batch, device, images: runs });
      opened.push({ contestant, lanes });
    }
    const together = Math.min(...opened.map(({ lanes }) => lanes.batch));
    const most = 1 + Math.max(...opened.map(({ lanes }) => lanes.lanes));
    const batches = rawBatches(samples, contestants[0]!.preprocess, {
      batch: together,
      strict,
      ...(signal ? { signal } : {}),
    });
    for await (const { images, indices } of batches) {
      for (const [v, variant] of VARIANTS.entries()) {
        signal?.throwIfAborted();
        const seen: readonly RawImage[] = variant
          ? await Promise.all(
              images.map(async (image, i) => ({
                ...(await corrupt(
                  image,
                  variant.corruption,
                  variant.severity,
                  seed,
                  samples[indices[i]!]!.id,
                )),
                flip: false,
              })),
            )
          : images;
        // While the models run on these in threads of their own, the next ones are corrupted here.
        const run = Promise.all(
          opened.map(async ({ contestant, lanes }) => {
            const best = await bestOf(lanes, seen);
            contestant.right[v]! += indices.filter((i, row) => best[row] === contestant.truth[i]).length;
          }),
        ).then(() => {});
        const settled: Promise<void> = run.finally(() => running.delete(settled));
        settled.catch(() => {}); // it is raised when it is awaited
        running.add(settled);
        if (running.size >= most) await Promise.race(running);
      }
      onProgress?.(indices.at(-1)! + 1, samples.length);
    }
    await Promise.all(running);
    return batches.skipped;
  } finally {
    await Promise.allSettled(running);
    await Promise.all(opened.map(({ lanes }) => lanes.close()));
  }
}

/** The class with the highest score of each image; probabilities and logits have the same. */
async function bestOf(lanes: ImageLanes, images: readonly RawImage[]): Promise<Int32Array> {
  const [output] = Object.values(await lanes.run(images));
  const scores = toFloat32(output!);
  return bestClasses(scores, scores.length / output!.dims[0]!);
}

function scoreOf(right: readonly number[], images: number): RobustnessScore {
  const [clean, ...rest] = right.map((count) => count / images);
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const corruptions = CORRUPTIONS.map(({ name }, i) => {
    const top1 = rest.slice(i * SEVERITIES.length, (i + 1) * SEVERITIES.length);
    return { name, top1, mean: mean(top1) };
  });
  return { clean: clean!, corruptions, mean: mean(rest) };
}

function relativeTo(base: RobustnessScore, own: RobustnessScore): NonNullable<Robustness['base']> {
  const errors = ({ corruptions }: RobustnessScore): number[][] =>
    corruptions.map(({ top1 }) => top1.map((share) => 1 - share));
  const { each, mean } = corruptionErrors(errors(own), errors(base));
  return {
    ...base,
    corruptionErrors: each.map((error) => error ?? null),
    meanCorruptionError: mean ?? null,
  };
}
