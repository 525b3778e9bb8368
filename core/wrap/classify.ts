import { imageBatches, type SkippedImage } from '../data/images.ts';
import type { Preprocess } from '../data/index.ts';
import { toFloat32 } from '../graph/index.ts';
import { type LocateOptions, locateFeatures } from '../locate/index.ts';
import type { Model } from '../model.ts';
import { imageInput } from '../runtime/image-input.ts';
import { imageTensor } from '../runtime/image-tensor.ts';
import { openEdited } from '../runtime/open-model.ts';

export interface ClassifyOptions extends LocateOptions {
  readonly preprocess: Preprocess;
  /** Images a run, where the model leaves it open; 16 unless told. */
  readonly batch?: number;
  readonly strict?: boolean;
  readonly signal?: AbortSignal;
}

/** The outcome for one image. */
export interface Classified {
  /** Position in the given list. */
  readonly position: number;
  /** Probability of each class: the model's own output, through a softmax where it gives logits. */
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
  const input = imageInput(model.graph);
  const batch = input.batch ?? options.batch ?? 16;
  const batches = imageBatches(images, options.preprocess, {
    batch,
    strict: options.strict ?? false,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  async function* run(): AsyncGenerator<Classified> {
    const site = locateFeatures(model, options)[0]!;
    const graph = model.graph.clone();
    graph.outputs = graph.outputs.filter((output) => output.name === site.output);
    const session = await openEdited(model, graph);
    try {
      for await (const { data, indices, count } of batches) {
        // A model that fixes its batch gets a full one, the last rows of it empty.
        const rows = input.batch ?? count;
        const outputs = await session.run({
          [input.name]: imageTensor(input, data, rows, options.preprocess),
        });
        const scores = toFloat32(outputs[site.output]!);
        const classes = scores.length / rows;
        for (const [row, position] of indices.entries()) {
          const own = scores.slice(row * classes, (row + 1) * classes);
          yield { position, probabilities: isDistribution(site.activation) ? own : softmax(own) };
        }
      }
    } finally {
      await session.close();
    }
  }
  return { skipped: batches.skipped, [Symbol.asyncIterator]: run };
}

function isDistribution(activation: readonly string[]): boolean {
  return activation.includes('Softmax') || activation.includes('Sigmoid');
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
