/** What a step's heads are fed with beside features: labels, texts, noise, dropout, all drawn on the host. */
import { type Mixing, partnerOf } from '../data/augment/index.ts';
import type { Tensor } from '../graph/index.ts';
import { type HeadOptions, MASKED, signalLevels, timeEmbedding } from '../marnet/index.ts';
import { batchName } from './batch-name.ts';
import { drawsFor } from './draws.ts';
import { newTensors } from './engine.ts';
import type { TrainingJob } from './job.ts';
import type { Tensors } from './memory/memory.ts';
import { addText, textColumns, textKeys } from './text-rows.ts';

/** Shapes of the inputs by name, `batchName` left out; those of a head that is off are absent. */
export function headInputShapes(job: TrainingJob, batch: number): Record<string, readonly [number, number]> {
  const { heads: options } = job;
  const active = options.ema || options.cdr;
  const columns = textColumns(job.texts);
  const text = active && columns > 0;
  const dropout = active && options.dropout > 0;
  const { source } = job;
  return {
    labels: [batch, job.classes],
    rows: [batch, 1],
    ...(featureDropoutOf(job) > 0 && {
      'feature-mask': [batch, source.kind === 'features' ? source.width : source.site.width],
    }),
    ...(dropout && {
      'visual-mask': [batch, options.visualHidden],
      'fusion-mask': [batch, options.fusionHidden],
    }),
    ...(text && { text: [batch, columns], 'text-rows': [batch, 1] }),
    ...(text && options.ema && { pairs: [batch, batch], 'pair-mask': [batch, batch] }),
    ...(text &&
      options.cdr && {
        eps: [batch, options.latent],
        signal: [batch, 1],
        noise: [batch, 1],
        time: [batch, options.timeWidth],
      }),
  };
}

/**
 * The share of features that a step drops. A linear layer on D features can fit any labels of up to 2 D images (Cover 1965),
 * after which the classification loss teaches the heads nothing; dropping half of the features keeps it from that. With
 * more images than that it would only take information away.
 */
export function featureDropoutOf({ source, base, heads, trainIndices }: TrainingJob): number {
  if (base === 'given' && !heads.ema && !heads.cdr) return 0;
  if (heads.featureDropout !== 'auto') return heads.featureDropout;
  return source.kind === 'features' && trainIndices.length < 2 * source.width ? 0.5 : 0;
}

/** A batch is a function of (seed, epoch, step) and its images. */
export class HeadInputs {
  readonly #job: TrainingJob;
  readonly #batch: number;
  /** By the names of the graph's inputs. */
  readonly shapes: Readonly<Record<string, readonly [number, number]>>;
  readonly #names: readonly string[];
  readonly #levels: Float64Array;
  /** By t. */
  readonly #times: readonly Float32Array[];
  readonly #textKeys: ReadonlyMap<number, number>;

  constructor(job: TrainingJob, batch: number) {
    this.#job = job;
    this.#batch = batch;
    const shapes = Object.entries(headInputShapes(job, batch));
    this.shapes = Object.fromEntries(shapes.map(([name, shape]) => [batchName(name), shape]));
    this.#names = shapes.map(([name]) => name);
    this.#levels = signalLevels(job.heads.diffusionSteps, job.heads.schedule);
    this.#times = Array.from(this.#levels, (_, t) => timeEmbedding(t, job.heads.timeWidth));
    this.#textKeys = textKeys(job);
  }

  /**
   * Where images are mixed, their labels and texts are too, in the same shares. A mixed image has a text only if both of
   * its images have one, and is set against others only if neither of its labels and texts is among theirs.
   * @param indices the batch's images; the rows after them weigh nothing.
   * @returns new arrays, by the names of the graph's inputs.
   */
  of(indices: readonly number[], epoch: number, step: number): Record<string, Tensor> {
    const tensors = newTensors(this.shapes);
    this.fill(tensors, indices, epoch, step);
    return tensors;
  }

  /** The same, in arrays that are there, whatever they hold. */
  fill(tensors: Tensors, indices: readonly number[], epoch: number, step: number): void {
    const { seed, heads, source } = this.#job;
    const rows = partsOf(indices, source.kind === 'images' ? source.mixing?.(epoch, step) : undefined);
    const arrays: Arrays = Object.fromEntries(
      this.#names.map((name) => [name, tensors[batchName(name)]!.data as Float32Array]),
    );
    for (const name of SPARSE) arrays[name]?.fill(0);
    this.#fillLabels(rows, arrays);
    const draws = drawsFor(seed, 'step', epoch, step);
    const {
      'feature-mask': features,
      'visual-mask': visual,
      'fusion-mask': fusion,
      text,
      pairs,
      eps,
    } = arrays;
    if (features) draws.fillDropout(features, featureDropoutOf(this.#job));
    if (visual) draws.fillDropout(visual, heads.dropout);
    if (fusion) draws.fillDropout(fusion, heads.dropout);
    if (text) this.#fillTexts(rows, text, arrays);
    if (pairs) this.#fillPairs(rows, arrays);
    if (eps) this.#fillDiffusion(heads, draws, arrays);
  }

  #fillLabels(images: readonly Parts[], arrays: Arrays): void {
    const { classes, labels: classOf, hyper } = this.#job;
    const { labels, rows } = arrays as { labels: Float32Array; rows: Float32Array };
    const spread = hyper.labelSmoothing / classes;
    labels.fill(spread);
    images.forEach((parts, row) => {
      for (const { image, share } of parts)
        labels[row * classes + classOf[image]!]! += share * (1 - hyper.labelSmoothing);
      rows[row] = 1 / images.length;
    });
  }

  #fillTexts(images: readonly Parts[], matrix: Float32Array, arrays: Arrays): void {
    const { texts } = this.#job;
    const weights = arrays['text-rows']!;
    const hasText = (parts: Parts): boolean => parts.every(({ image }) => this.#textKeys.has(image));
    const withText = images.filter(hasText).length;
    const columns = textColumns(texts);
    images.forEach((parts, row) => {
      if (!hasText(parts)) return;
      weights[row] = 1 / withText;
      for (const { image, share } of parts) addText(texts, image, share, matrix, row * columns);
    });
  }

  #fillPairs(images: readonly Parts[], arrays: Arrays): void {
    const n = this.#batch;
    const { pairs, 'pair-mask': mask, 'text-rows': weights } = arrays;
    const shown = this.#shown(images);
    for (let i = 0; i < n; i++) {
      pairs![i * n + i] = weights![i]!;
      for (let j = 0; j < i; j++) {
        if (areNegatives(shown, i, j)) continue;
        mask![i * n + j] = MASKED;
        mask![j * n + i] = MASKED;
      }
    }
  }

  #shown(images: readonly Parts[]): Shown {
    const each = images[0]!.length;
    const labels = new Int32Array(each * this.#batch);
    const texts = new Int32Array(each * this.#batch).fill(NONE);
    images.flat().forEach(({ image }, i) => {
      labels[i] = this.#job.labels[image]!;
      texts[i] = this.#textKeys.get(image) ?? NONE;
    });
    return { each, labels, texts };
  }

  #fillDiffusion(options: HeadOptions, draws: ReturnType<typeof drawsFor>, arrays: Arrays): void {
    const { eps, signal, noise, time } = arrays;
    draws.fillNormal(eps!);
    for (let row = 0; row < this.#batch; row++) {
      const t = 1 + draws.below(options.diffusionSteps);
      signal![row] = Math.sqrt(this.#levels[t]!);
      noise![row] = Math.sqrt(1 - this.#levels[t]!);
      time!.set(this.#times[t]!, row * options.timeWidth);
    }
  }
}

/** What a batch's images are set against each other by; texts that are equal have one number. */
interface Shown {
  /** Images a row, as many in each. */
  readonly each: number;
  readonly labels: Int32Array;
  readonly texts: Int32Array;
}

/** In the place of a text's number: without a text, or after the last image. */
const NONE = -1;

/** Asked of each pair in each step. */
function areNegatives({ each, labels, texts }: Shown, one: number, other: number): boolean {
  for (let a = each * one; a < each * (one + 1); a++)
    for (let b = each * other; b < each * (other + 1); b++)
      if (labels[a] === labels[b] || texts[a] === NONE || texts[b] === NONE || texts[a] === texts[b])
        return false;
  return true;
}

type Arrays = Record<string, Float32Array>;

/** What is zero but where something is written. */
const SPARSE = ['rows', 'text', 'text-rows', 'pairs', 'pair-mask'];

/** What a row of a batch shows: one image, or two mixed, whose shares add up to 1. */
type Parts = readonly { readonly image: number; readonly share: number }[];

function partsOf(indices: readonly number[], mixing: Mixing | undefined): Parts[] {
  return indices.map((image, row) =>
    mixing
      ? [
          { image, share: mixing.share },
          { image: indices[partnerOf(row, indices.length)]!, share: 1 - mixing.share },
        ]
      : [{ image, share: 1 }],
  );
}
