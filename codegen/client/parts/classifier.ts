import { imageLength } from '../../../core/data/image-length.ts';
import { imageWriter } from '../../../core/data/normalise.ts';
import { softmax } from '../../../core/wrap/classify.ts';
import { type EngineOptions, type ModelSource, openEngine } from './engine.onnxruntime-node.ts';
import { type Image, inputPixels } from './image.node.ts';
import { type Label, labels, MODEL, preprocess } from './model.ts';

export interface ClassifierOptions extends EngineOptions {
  /** Images of one run of the model, where the model leaves that open; 8 unless told. */
  readonly batch?: number;
}

/** What the model says of an image. */
export interface Classification {
  /** The most likely class. */
  readonly label: Label;
  /** Of that class, 0 to 1. */
  readonly probability: number;
  /** The probability of each class, 0 to 1. */
  readonly scores: Readonly<Record<Label, number>>;
}

export interface Classifier {
  /** @throws Error naming the image where it cannot be read or decoded. */
  classify(image: Image): Promise<Classification>;
  /** The same of each image, in their order; several go through the model at once. */
  classifyAll(images: Iterable<Image>): Promise<Classification[]>;
  /** Frees the model's memory, once what runs has ended. */
  dispose(): Promise<void>;
}

/**
 * Loads the model.
 * @throws Error where it is another model than the one that this file was made of.
 */
export async function createClassifier(
  model: ModelSource,
  options: ClassifierOptions = {},
): Promise<Classifier> {
  const { batch = 8 } = options;
  if (!Number.isInteger(batch) || batch < 1)
    throw new RangeError(`batch is ${batch}, not a whole number from 1 up`);
  const engine = await openEngine(model, options);
  const most = MODEL.batch ?? batch;
  const write = imageWriter(preprocess);
  const length = imageLength(preprocess);
  let disposed: Promise<void> | undefined;
  let before: Promise<unknown> = Promise.resolve();

  /** Engines run one batch at a time. */
  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = before.then(task);
    before = result.catch(() => undefined);
    return result;
  }

  async function runBatch(images: readonly Image[]): Promise<Classification[]> {
    const inputs = await Promise.all(images.map(inputPixels));
    const count = MODEL.batch ?? images.length;
    const values = new Float32Array(count * length);
    inputs.forEach((pixels, i) => {
      write(pixels, values, i * length);
    });
    if (disposed) throw new Error('this classifier was disposed; create another');
    const scores = await inTurn(() => engine.run(values, count));
    if (scores.length !== count * labels.length)
      throw new Error(
        `the model gave ${scores.length} scores for ${count} image(s) of ${labels.length} classes`,
      );
    return images.map((_, i) =>
      classificationOf(scores.subarray(i * labels.length, (i + 1) * labels.length)),
    );
  }

  async function classifyAll(images: Iterable<Image>): Promise<Classification[]> {
    const all = [...images];
    const results: Classification[] = [];
    for (let at = 0; at < all.length; at += most) results.push(...(await runBatch(all.slice(at, at + most))));
    return results;
  }

  return {
    classify: async (image) => (await classifyAll([image]))[0]!,
    classifyAll,
    dispose: () => {
      disposed ??= inTurn(() => engine.dispose());
      return disposed;
    },
  };
}

/** The most likely classes, the best first. */
export function topClasses(
  { scores }: Classification,
  count: number,
): { readonly label: Label; readonly probability: number }[] {
  return labels
    .map((label) => ({ label, probability: scores[label] }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, count);
}

function classificationOf(output: Float32Array): Classification {
  const probabilities = MODEL.logits ? softmax(output) : output;
  const best = probabilities.reduce((at, value, i) => (value > probabilities[at]! ? i : at), 0);
  return {
    label: labels[best] as Label,
    probability: probabilities[best]!,
    scores: Object.fromEntries(labels.map((label, i) => [label, probabilities[i]!])) as Record<Label, number>,
  };
}
