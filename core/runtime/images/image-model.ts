/** A compiled model together with what is done to pixels before it: decoded images go in, its outputs come out. */
import type { RawImage } from '../../data/decode.ts';
import { imageLength, type Preprocess } from '../../data/index.ts';
import { imageWriter } from '../../data/normalise.ts';
import type { Tensor } from '../../graph/index.ts';
import type { ImageInput } from '../image-input.ts';
import { imageTensor } from '../image-tensor.ts';
import { openSession, type SessionOptions } from '../session.ts';

/** By name; the first dimension counts images, those after the given ones are padding. */
export type ImageOutputs = Readonly<Record<string, Tensor>>;

export interface ImageModel {
  /** Images a run at most. */
  readonly batch: number;
  /** What the images are decoded for. */
  readonly preprocess: Preprocess;
  /** @throws MarnetError 'runtime'. */
  run(images: readonly RawImage[]): Promise<ImageOutputs>;
  close(): Promise<void>;
}

/** Plain data, so that it can be handed to another thread. */
export interface ImageModelSpec {
  /** The model's bytes, or its path. */
  readonly source: Uint8Array | string;
  readonly input: ImageInput;
  readonly preprocess: Preprocess;
  /** Images a run, where the model leaves it open. */
  readonly batch: number;
  readonly session: SessionOptions;
}

export async function openImageModel(spec: ImageModelSpec): Promise<ImageModel> {
  const { input, preprocess } = spec;
  const batch = input.batch ?? spec.batch;
  const session = await openSession(spec.source, spec.session);
  const write = imageWriter(preprocess);
  const length = imageLength(preprocess);
  const pixels = new Float32Array(batch * length);
  const runNow = async (images: readonly RawImage[]): Promise<ImageOutputs> => {
    images.forEach((image, row) => {
      write(image, pixels, row * length);
    });
    // A model that fixes its batch gets a full one, the last rows of it empty.
    pixels.fill(0, images.length * length);
    const tensor = imageTensor(input, pixels, input.batch ?? images.length, preprocess);
    return session.run({ [input.name]: tensor });
  };
  // One after the other: all runs share the array of pixels.
  let last: Promise<unknown> = Promise.resolve();
  return {
    batch,
    preprocess,
    run(images) {
      const outputs = last.then(() => runNow(images));
      last = outputs.catch(() => {});
      return outputs;
    },
    close: () => session.close(),
  };
}
