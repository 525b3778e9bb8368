import { parsePreprocess } from '../../data/preprocess.ts';
import type { Model } from '../../model.ts';
import type { WrapOptionsInput } from '../../wrap/options.ts';

/** The option's help text, the same in every command. */
export const PREPROCESS_ABOUT =
  'what is done to images: imagenet, caffe, unit, signed or raw, and pairs such as size=224x224,mean=0.5,std=0.5';

/**
 * Reads `--preprocess`; what it does not name comes from the model, or from what is usual for its input.
 * @throws MarnetError 'usage' that quotes the item.
 */
export async function preprocessFor(
  model: Model,
  text: string,
): Promise<NonNullable<WrapOptionsInput['preprocess']>> {
  const { resolvePreprocess } = await import('../../wrap/preprocess/resolve.ts');
  const read = parsePreprocess(text, resolvePreprocess(model).preprocess);
  return { ...read, mean: [...read.mean], std: [...read.std] };
}
