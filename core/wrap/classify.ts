import type { SkippedImage } from '../data/images.ts';
import type { Preprocess } from '../data/index.ts';
import { type Graph, GraphBuilder, toFloat32 } from '../graph/index.ts';
import { type FeatureSite, type LocateOptions, locateFeatures } from '../locate/index.ts';
import type { Model } from '../model.ts';
import type { Device } from '../runtime/device/name.ts';
import { type ImageLanes, type ImageRun, openEditedLanes, runImages } from '../runtime/images/index.ts';

export interface ClassifyOptions extends LocateOptions {
  readonly preprocess: Preprocess;
  /** Images a run, where the model leaves it open; few unless told. */
  readonly batch?: number | undefined;
  readonly strict?: boolean;
  /** Where the model runs; the CPU unless told. */
  readonly device?: Device;
  readonly signal?: AbortSignal;
}

/** The outcome for one image. */
export interface Classified {
  /** Position in the given list. */
  readonly position: number;
  /** Probability of each class: the model's own output, through a softmax where it gives logits, or only the best class. */
  readonly probabilities: Float32Array;
}

export interface Classification extends AsyncIterable<Classified> {
  /** Grows while the images are read. */
  readonly skipped: readonly SkippedImage[];
}

/** Runs a classifier, as its file has it, over images. */
export function classifyImages(
  model: Model,
  images: readonly (string | { readonly id: string; readonly file: string })[],
  options: ClassifyOptions,
): Classification {
  let results: ImageRun | undefined;
  async function* run(): AsyncGenerator<Classified> {
    const { strict = false, signal } = options;
    const { site, lanes } = await openClassifier(model, { ...options, images: images.length });
    results = runImages(lanes, images, { strict, signal });
    try {
      for await (const { indices, outputs } of results) {
        const output = outputs[site.output]!;
        const scores = toFloat32(output);
        const classes = scores.length / output.dims[0]!;
        for (const [row, position] of indices.entries()) {
          const own = scores.slice(row * classes, (row + 1) * classes);
          yield { position, probabilities: probabilitiesOf(own, site) };
        }
      }
    } finally {
      await lanes.close();
    }
  }
  return {
    get skipped() {
      return results?.skipped ?? [];
    },
    [Symbol.asyncIterator]: run,
  };
}

/** A graph with one output of scores, and the site of that output. */
export interface ExposedScores {
  readonly graph: Graph;
  readonly site: FeatureSite;
}

/** Ops that pick classes by their scores, and give numbers of classes or some of the scores. */
const PICKING: ReadonlySet<string> = new Set(['ArgMax', 'TopK']);

/**
 * A clone of the graph whose one output has a score for each class: the site's own output as the file has it or, where
 * that only tells which classes are best, the logits; and the site of that output.
 */
export function exposeScores(graph: Graph, site: FeatureSite): ExposedScores {
  const copy = graph.clone();
  if (!site.activation.some((op) => PICKING.has(op))) {
    copy.outputs = copy.outputs.filter((output) => output.name === site.output);
    return { graph: copy, site };
  }
  const { logits } = site.classifier;
  copy.outputs = [];
  const builder = new GraphBuilder(copy);
  builder.output(builder.value(logits));
  return { graph: copy, site: { ...site, output: logits, activation: [] } };
}

/** The classifier alone: its one output is the site's. */
export async function openClassifier(
  model: Model,
  options: Pick<ClassifyOptions, 'preprocess' | 'batch' | 'device' | 'output' | 'at'> & {
    readonly images: number;
  },
): Promise<{ readonly site: FeatureSite; readonly lanes: ImageLanes }> {
  const { preprocess, batch, device = 'cpu', images } = options;
  const { graph, site } = exposeScores(model.graph, locateFeatures(model, options)[0]!);
  return { site, lanes: await openEditedLanes(model, graph, { preprocess, batch, device, images }) };
}

/** Whether the model's own output is of probabilities; else they are logits, or their logarithms. */
export function givesProbabilities({ activation }: Pick<FeatureSite, 'activation'>): boolean {
  return activation.includes('Softmax') || activation.includes('Sigmoid');
}

/** The model's own output for an image, through a softmax where it gives logits. */
export function probabilitiesOf(scores: Float32Array, site: FeatureSite): Float32Array {
  return givesProbabilities(site) ? scores : softmax(scores);
}

/** exp(x - max) / sum: also right for log-softmax outputs, which it turns back. */
export function softmax(logits: Float32Array): Float32Array {
  const max = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = logits.map((x) => Math.exp(x - max));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((p) => p / sum);
}

/** Positions of the `count` largest values, largest first; the first of equal ones comes first. */
export function largest(values: Float32Array, count: number): number[] {
  return Array.from(values.keys())
    .sort((a, b) => values[b]! - values[a]! || a - b)
    .slice(0, count);
}
