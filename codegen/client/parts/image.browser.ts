import type { Pixels } from '../../../core/data/pixels/pixels.ts';
import { fetched } from './files.browser.ts';
import { fitted, type RawPixels } from './pixels.ts';

/** An address, a file (`Blob`), anything that a canvas can draw, or pixels (`ImageData`). */
export type Image =
  | string
  | URL
  | Blob
  | RawPixels
  | HTMLImageElement
  | HTMLVideoElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | ImageBitmap
  | VideoFrame;

/** The pixels of the model's input. Files are decoded upright, and their colour profiles are ignored. */
export async function inputPixels(image: Image): Promise<Pixels> {
  if (typeof image === 'string' || image instanceof URL)
    return filePixels(await (await fetched(image)).blob(), String(image));
  if (image instanceof Blob) return filePixels(image, `an image of ${image.size} bytes`);
  return fitted('data' in image ? image : drawn(image));
}

async function filePixels(file: Blob, name: string): Promise<Pixels> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, {
      imageOrientation: 'from-image',
      colorSpaceConversion: 'none',
      premultiplyAlpha: 'none',
    });
  } catch {
    throw new Error(`${name} cannot be decoded: it is damaged, or in no format that this browser knows`);
  }
  try {
    return fitted(drawn(bitmap));
  } finally {
    bitmap.close();
  }
}

function drawn(image: Exclude<Image, string | URL | Blob | RawPixels>): ImageData {
  const [width, height] = sizeInPixels(image);
  if (!(width > 0 && height > 0)) throw new Error('the image has no size: it is not loaded yet, or is empty');
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('this browser draws no images');
  context.drawImage(image, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

function sizeInPixels(
  image: Exclude<Image, string | URL | Blob | RawPixels>,
): [width: number, height: number] {
  if ('naturalWidth' in image) return [image.naturalWidth, image.naturalHeight];
  if ('videoWidth' in image) return [image.videoWidth, image.videoHeight];
  if ('displayWidth' in image) return [image.displayWidth, image.displayHeight];
  return [image.width, image.height];
}
