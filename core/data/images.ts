/** Images as the model's input: one at a time, or into a place of a larger array. */
import type { Augmentation } from './augment/index.ts';
import { decodeRaw, type SizeMemory } from './decode.ts';
import { imageLength } from './image-length.ts';
import { imageWriter } from './normalise.ts';
import type { Preprocess } from './preprocess.ts';

/**
 * One image, float32 [channels, height, width] for NCHW and [height, width, channels] for NHWC.
 * @param source a file's path or its bytes.
 * @throws MarnetError 'image' naming the file.
 */
export async function loadImage(
  source: string | Uint8Array,
  preprocess: Preprocess,
  augmentation?: Augmentation,
): Promise<Float32Array> {
  const out = new Float32Array(imageLength(preprocess));
  await writeImage(source, preprocess, out, 0, augmentation);
  return out;
}

/** As `loadImage`, into `out` at `offset` (counted in values). */
export async function writeImage(
  source: string | Uint8Array,
  preprocess: Preprocess,
  out: Float32Array,
  offset: number,
  augmentation?: Augmentation,
  sizes?: SizeMemory,
): Promise<void> {
  imageWriter(preprocess)(await decodeRaw(source, preprocess, augmentation, { sizes }), out, offset);
}

export {
  type BatchOptions,
  type ImageBatch,
  type ImageBatches,
  imageBatches,
  type SkippedImage,
} from './batches.ts';
export { type ImageSize, imageSize, MAX_PIXELS, type SizeMemory } from './decode.ts';
