import { loadModel } from '../../adapters/load.ts';
import type { Preprocess } from '../data/index.ts';
import { MarnetError } from '../errors.ts';
import type { LocateOptions } from '../locate/index.ts';
import type { Model } from '../model.ts';
import { chooseDevice } from '../runtime/device/choose.ts';
import type { DeviceWish } from '../runtime/device/name.ts';
import { classifyImages, largest } from './classify.ts';
import { resolvePreprocess } from './preprocess/resolve.ts';

/** How many classes are named, and how images are prepared. */
export interface PredictOptions extends LocateOptions {
  /** Classes to name of each image; 5 unless told. */
  readonly top?: number;
  readonly preprocess?: Preprocess;
  /** Where the model runs: the CPU unless told, as trying devices takes longer than some images. */
  readonly device?: DeviceWish;
}

/** A class and how likely it is. */
export interface NamedClass {
  /** The class's name, or its number where the model carries no names. */
  readonly label: string;
  readonly index: number;
  /** 0 to 1. */
  readonly probability: number;
}

/** The most likely classes of one image, the best first, or why there are none. */
export type Prediction =
  | { readonly file: string; readonly top: readonly NamedClass[] }
  | { readonly file: string; readonly error: MarnetError };

/** The most likely classes of each image, in the order given; an image that cannot be decoded gives its error. */
export async function* predictImages(
  from: string | Model,
  files: readonly string[],
  options: PredictOptions = {},
): AsyncGenerator<Prediction> {
  const model = typeof from === 'string' ? await loadModel(from) : from;
  const { preprocess } = resolvePreprocess(model, options.preprocess);
  const { output, at } = options;
  const { device } = await chooseDevice(options.device ?? 'cpu');
  const classified = classifyImages(model, files, {
    preprocess,
    device,
    ...(output === undefined ? {} : { output }),
    ...(at === undefined ? {} : { at }),
  });
  let next = 0;
  let skipped = 0;
  const failures = function* (until: number): Generator<Prediction> {
    for (; next < until; next++) {
      const reason = classified.skipped[skipped++]?.reason ?? 'the image could not be decoded';
      yield { file: files[next]!, error: new MarnetError('image', reason) };
    }
  };
  for await (const { position, probabilities } of classified) {
    yield* failures(position);
    next = position + 1;
    const top = largest(probabilities, options.top ?? 5).map((index) => ({
      label: model.labels?.[index] ?? String(index),
      index,
      probability: probabilities[index]!,
    }));
    yield { file: files[position]!, top };
  }
  yield* failures(files.length);
}
