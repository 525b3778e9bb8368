/** What happens to training images, from the options of a wrap. */
import { type AugmentOptions, DEFAULT_AUGMENT, parseAugment } from '../../data/augment/index.ts';
import type { WrapOptions } from '../options.ts';
import { parseTune } from './mode.ts';

/**
 * Undefined where images stay as they are. Where nothing is said, images are augmented unless activations are to be
 * computed once; views of images with a frozen backbone always are.
 */
export function augmentationOf({
  augment,
  flip,
  tune,
  views,
}: Pick<WrapOptions, 'augment' | 'flip' | 'tune' | 'views'>): AugmentOptions | undefined {
  const kind = parseTune(tune)?.kind;
  if (kind === 'frozen' && views === 1) return undefined;
  if (!(augment ?? kind !== 'last')) return undefined;
  const options = typeof augment === 'string' ? parseAugment(augment) : DEFAULT_AUGMENT;
  return flip ? options : { ...options, flip: 0 };
}

/** Why an augmentation does not go with the rest of the options; undefined where it does. */
export function augmentationProblem(
  options: Pick<WrapOptions, 'augment' | 'flip' | 'tune' | 'views'>,
): { readonly message: string; readonly hint: string } | undefined {
  const { views, tune, augment } = options;
  const frozen = parseTune(tune)?.kind === 'frozen';
  if (views > 1 && !frozen)
    return {
      message: `views of images are computed once for a frozen backbone, but tune is "${tune}"`,
      hint: 'Leave --views out: where the backbone is trained, every epoch draws new ones.',
    };
  if (views > 1 && augment === false)
    return {
      message: `${views} views of each image without augmentation are all the same`,
      hint: 'Leave out --no-augment or --views.',
    };
  const mixed = augmentationOf(options);
  if (views > 1 && mixed && changesNothing(mixed))
    return {
      message: `${views} views of each image are all the same, as mirror images alone are named and switched off`,
      hint: 'Leave out --no-flip, or name more in --augment.',
    };
  if (frozen && (mixed?.mixup || mixed?.cutmix))
    return {
      message: 'mixup and cutmix mix the images of a step, which a frozen backbone does not see',
      hint: 'Leave them out of --augment, or tune the backbone (--tune last:N, full or lora:R).',
    };
  return undefined;
}

/** Whether it leaves every image as it is. */
function changesNothing(options: AugmentOptions): boolean {
  const { flip, scale, ratio: _, ...others } = options;
  return flip === 0 && scale === undefined && Object.keys(others).length === 0;
}
