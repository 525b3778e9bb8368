import type { Preprocess } from '../data/preprocess.ts';
import { MarnetError } from '../errors.ts';
import type { Model } from '../model.ts';
import { imageInput } from '../runtime/image-input.ts';
import type { PreprocessOrigin } from './events.ts';

/** The image size for models that leave it open. */
const USUAL_SIZE = 224;

/** What most published classifiers were trained with: means and deviations of ImageNet's channels, of 0..1. */
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

export interface ResolvedPreprocess {
  readonly preprocess: Preprocess;
  readonly origin: PreprocessOrigin;
}

/**
 * What is done to images before this model: the caller's wish, else what the model says, else the usual one for its
 * input (ImageNet's statistics for three channels, 0..1 for one), which the caller has to be told of.
 * @throws MarnetError 'usage' when a size or channel count is not what the model's input takes.
 */
export function resolvePreprocess(model: Model, wish?: Preprocess): ResolvedPreprocess {
  const input = imageInput(model.graph);
  const given = wish ?? model.preprocess;
  if (given) {
    const channels = given.channels === 'gray' ? 1 : 3;
    const wrong =
      (input.width !== undefined && input.width !== given.width) ||
      (input.height !== undefined && input.height !== given.height) ||
      input.channels !== channels ||
      input.layout !== given.layout;
    if (wrong) {
      throw new MarnetError(
        'usage',
        `preprocessing gives ${given.layout} images of ${given.width}x${given.height} with ${channels} channel(s), but the model's input "${input.name}" takes ${input.layout} of ${input.width ?? 'any'}x${input.height ?? 'any'} with ${input.channels}`,
        { hint: 'Set size, channels and layout in --preprocess to what the input takes.' },
      );
    }
    return { preprocess: given, origin: wish ? 'option' : 'model' };
  }
  return { preprocess: usualPreprocess(model), origin: 'assumed' };
}

/** The usual preprocessing for the model's input. */
export function usualPreprocess(model: Model): Preprocess {
  const input = imageInput(model.graph);
  const width = input.width ?? input.height ?? USUAL_SIZE;
  const height = input.height ?? input.width ?? USUAL_SIZE;
  const gray = input.channels === 1;
  return {
    width,
    height,
    layout: input.layout,
    channels: gray ? 'gray' : 'RGB',
    resize: width === height ? 'crop' : 'stretch',
    resizeTo: Math.round(Math.min(width, height) / 0.875),
    interpolation: 'bilinear',
    scale: 1 / 255,
    mean: gray ? [0] : IMAGENET.mean,
    std: gray ? [1] : IMAGENET.std,
  };
}
