/** What goes between the main thread and a lane's. */
import type { RawImage } from '../../data/decode.ts';
import { type ErrorCode, MarnetError } from '../../errors.ts';
import type { ImageOutputs } from './image-model.ts';

/** Images of a run, their pixels one after the other: [images, height, width, 3]. Without images: the end. */
export interface Request {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly flips: readonly boolean[];
}

export type Reply = { readonly outputs: ImageOutputs } | { readonly error: PlainError };

/** An error's own members, which a thread's messages would drop. */
export interface PlainError {
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly hint: string | undefined;
}

/** Copies the pixels: sharp's own buffers cannot be handed to another thread. */
export function requestOf(images: readonly RawImage[]): Request {
  const sizes = images.map((image) => image.data.length);
  const pixels = new Uint8Array(sizes.reduce((a, b) => a + b, 0));
  let offset = 0;
  for (const { data } of images) {
    pixels.set(data, offset);
    offset += data.length;
  }
  return { pixels, flips: images.map((image) => image.flip) };
}

export function imagesOf(
  { pixels, flips }: Request,
  { width, height }: { readonly width: number; readonly height: number },
): RawImage[] {
  const size = width * height * 3;
  return flips.map((flip, i) => ({ data: pixels.subarray(i * size, (i + 1) * size), width, height, flip }));
}

export function plainError(error: unknown): PlainError {
  const code = error instanceof MarnetError ? error.code : undefined;
  const hint = error instanceof MarnetError ? error.hint : undefined;
  return { code, message: error instanceof Error ? error.message : String(error), hint };
}

export function errorOf({ code, message, hint }: PlainError): Error {
  return code === undefined
    ? new Error(message)
    : new MarnetError(code, message, hint === undefined ? {} : { hint });
}
