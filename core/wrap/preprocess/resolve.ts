import { describePreprocess, type Preprocess } from '../../data/preprocess.ts';
import { MarnetError } from '../../errors.ts';
import type { Model } from '../../model.ts';
import { type ImageInput, imageInput } from '../../runtime/image-input.ts';
import { usualForInput } from '../../runtime/image-preprocess.ts';
import type { PreprocessOrigin } from '../events.ts';
import { pixelsNormalised } from './in-graph.ts';

export interface ResolvedPreprocess {
  readonly preprocess: Preprocess;
  readonly origin: PreprocessOrigin;
}

/** Origins of what nobody says. */
const GUESSES: ReadonlySet<PreprocessOrigin> = new Set<PreprocessOrigin>(['assumed', 'input', 'graph']);

/** Whether a preprocessing is a guess, which images with labels may tell better. */
export const isGuess = ({ origin }: ResolvedPreprocess): boolean => GUESSES.has(origin);

/**
 * What is done to images before this model: the caller's wish, else what the model says, else a guess, which the caller
 * has to be told of. An input of uint8 takes pixels as they are, whatever an adapter or the file says.
 * @throws MarnetError 'usage' when a size or channel count is not what the model's input takes, or values are not.
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
    if (!fitsInput(input, given)) {
      if (!wish) return { preprocess: scaled(given, 1), origin: 'input' };
      throw new MarnetError(
        'usage',
        `preprocessing gives ${describePreprocess(given).split(', ').at(-1)}, but the model's input "${input.name}" is uint8 and takes whole numbers from 0 to 255`,
        {
          hint: 'Leave scale, mean and std out of --preprocess, or say "raw": the graph does the rest itself.',
        },
      );
    }
    return {
      preprocess: given,
      origin: wish ? 'option' : model.preprocessBy === undefined ? 'model' : 'adapter',
    };
  }
  return guess(model, input);
}

/** The usual preprocessing for the model's input, or for what its graph does to the image. */
export function usualPreprocess(model: Model): Preprocess {
  return guess(model, imageInput(model.graph)).preprocess;
}

/**
 * ImageNet's statistics for three channels and 0..1 for one; for uint8, and where the graph normalises the image itself,
 * the numbers that it takes.
 */
function guess({ graph }: Model, input: ImageInput): ResolvedPreprocess {
  const usual = usualForInput(input);
  if (input.dtype === 'uint8') return { preprocess: scaled(usual, 1), origin: 'input' };
  const pixels = pixelsNormalised(graph, input.name);
  if (!pixels) return { preprocess: usual, origin: 'assumed' };
  return { preprocess: scaled(usual, pixels === 'raw' ? 1 : 1 / 255), origin: 'graph' };
}

/** With pixels times `scale` as the values. */
function scaled(p: Preprocess, scale: number): Preprocess {
  return { ...p, scale, mean: p.mean.map(() => 0), std: p.std.map(() => 1) };
}

/** Whether an input can hold the values: one of uint8, whole numbers from 0 to 255 alone. */
export function fitsInput({ dtype }: ImageInput, { scale, mean, std }: Preprocess): boolean {
  if (dtype !== 'uint8') return true;
  return mean.every((each, i) => {
    const values = [0, 1, 255].map((pixel) => (pixel * scale - each) / std[i]!);
    return values.every((value) => Number.isInteger(value) && value >= 0 && value <= 255);
  });
}
