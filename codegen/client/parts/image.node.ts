import { decodeAt, sizeOf } from '../../../core/data/decode.ts';
import type { Pixels } from '../../../core/data/pixels/pixels.ts';
import { placeWhole } from '../../../core/data/place.ts';
import { bytesOf } from './files.node.ts';
import { preprocess } from './model.ts';
import { fitted, type RawPixels } from './pixels.ts';

/** A path, a URL, the bytes of a file (JPEG, PNG, WebP, GIF, TIFF, AVIF), or pixels. */
export type Image = string | URL | Uint8Array | ArrayBuffer | RawPixels;

/** The pixels of the model's input: a file is decoded, turned upright and resized by sharp. */
export async function inputPixels(image: Image): Promise<Pixels> {
  if (typeof image === 'object' && 'data' in image) return fitted(image);
  const bytes = await bytesOf(image);
  try {
    const size = await sizeOf(bytes);
    return await decodeAt(bytes, size, placeWhole(size, preprocess), preprocess);
  } catch (error) {
    const name =
      typeof image === 'string' || image instanceof URL ? String(image) : `an image of ${bytes.length} bytes`;
    throw new Error(`${name} cannot be decoded: ${error instanceof Error ? error.message : String(error)}`);
  }
}
