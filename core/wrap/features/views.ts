import type { FeatureView } from '../../train/index.ts';
import type { WrapEvent } from '../events.ts';
import type { WrapOptions } from '../options.ts';
import { augmentationOf } from '../tuning/augmentation.ts';
import { type FeatureJob, type FeatureTable, featuresOf } from './features.ts';

/**
 * Features of the augmented views of the training images, for a frozen backbone; none where only the plain one is wanted.
 * @param plain what `featuresOf` gave for all images. @param rows positions of the training images among them.
 */
export async function* viewsOf(
  job: FeatureJob & { readonly options: WrapOptions },
  plain: FeatureTable,
  rows: readonly number[],
): AsyncGenerator<WrapEvent, FeatureView[]> {
  const { views } = job.options;
  const augmentation = augmentationOf(job.options);
  if (views === 1 || !augmentation) return [];
  const images = rows.map((row) => job.images[row]!);
  const hashes = rows.map((row) => plain.hashes[row]);
  const computed: FeatureView[] = [];
  for (let number = 1; number < views; number++) {
    const view = { number, augmentation, hashes };
    // Their plain views were decoded, so whatever fails now is worth stopping for.
    const options = { ...job.options, strict: true };
    const { features, logits } = yield* featuresOf({ ...job, options, images, view });
    computed.push({ features, baseLogits: logits });
  }
  return computed;
}
