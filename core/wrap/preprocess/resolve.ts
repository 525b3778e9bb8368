import type { Preprocess } from '../../data/preprocess.ts';
import { MarnetError } from '../../errors.ts';
import type { Model } from '../../model.ts';
import { imageInput } from '../../runtime/image-input.ts';
import { usualForInput } from '../../runtime/image-preprocess.ts';
import type { PreprocessOrigin } from '../events.ts';

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
    if (wrong && !wish && model.preprocessBy !== undefined)
      throw new MarnetError(
        'adapter',
        `the adapter "${model.preprocessBy}" gives ${given.layout} images of ${given.width}x${given.height} with ${channels} channel(s), but the model's input "${input.name}" takes ${input.layout} of ${input.width ?? 'any'}x${input.height ?? 'any'} with ${input.channels}`,
        { hint: 'Correct the adapter, or say what is right with --preprocess.' },
      );
    if (wrong) {
      throw new MarnetError(
        'usage',
        `preprocessing gives ${given.layout} images of ${given.width}x${given.height} with ${channels} channel(s), but the model's input "${input.name}" takes ${input.layout} of ${input.width ?? 'any'}x${input.height ?? 'any'} with ${input.channels}`,
        { hint: 'Set size, channels and layout in --preprocess to what the input takes.' },
      );
    }
    return {
      preprocess: given,
      origin: wish ? 'option' : model.preprocessBy === undefined ? 'model' : 'adapter',
    };
  }
  return { preprocess: usualPreprocess(model), origin: 'assumed' };
}

/** The usual preprocessing for the model's input. */
export function usualPreprocess(model: Model): Preprocess {
  return usualForInput(imageInput(model.graph));
}
