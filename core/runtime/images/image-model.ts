/** A compiled model together with what is done to pixels before it: decoded images go in, its outputs come out. */
import type { RawImage } from '../../data/decode.ts';
import { imageLength } from '../../data/image-length.ts';
// Not by the room's index: each thread loads what is named here, and decoders and table readers took half a second.
import { imageWriter } from '../../data/normalise.ts';
import type { Preprocess } from '../../data/preprocess.ts';
import { MarnetError } from '../../errors.ts';
import type { Tensor } from '../../graph/index.ts';
import type { ImageInput } from '../image-input.ts';
import { imageTensor } from '../image-tensor.ts';
import { openSession, type Session, type SessionOptions } from '../session.ts';

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

/**
 * Where a run does not fit the device's memory, it is done in parts from then on, if the model's batch is open.
 * @param open compiles the model; a test gives its own.
 */
export async function openImageModel(
  spec: ImageModelSpec,
  open: (
    source: Uint8Array | string,
    options: SessionOptions,
  ) => Promise<Pick<Session, 'run' | 'close'>> = openSession,
): Promise<ImageModel> {
  const { input, preprocess } = spec;
  const batch = input.batch ?? spec.batch;
  const session = await open(spec.source, spec.session);
  const write = imageWriter(preprocess);
  const length = imageLength(preprocess);
  const pixels = new Float32Array(batch * length);
  /** Fewer than `batch` once that many did not fit the device's memory. */
  let most = batch;
  const runParts = async (images: readonly RawImage[]): Promise<ImageOutputs> => {
    const parts: ImageOutputs[] = [];
    for (let begin = 0; begin < images.length; ) {
      const part = images.slice(begin, begin + most);
      try {
        parts.push(await runNow(part));
        begin += part.length;
      } catch (error) {
        const small = error instanceof MarnetError && error.code === 'device-memory';
        if (!small || input.batch !== undefined || part.length === 1) throw error;
        most = Math.ceil(part.length / 2);
      }
    }
    return parts.length === 1 ? parts[0]! : joined(parts);
  };
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
      const outputs = last.then(() => runParts(images));
      last = outputs.catch(() => {});
      return outputs;
    },
    close: () => session.close(),
  };
}

/** Outputs of several runs as those of one. */
function joined(parts: readonly ImageOutputs[]): ImageOutputs {
  const names = Object.keys(parts[0]!);
  return Object.fromEntries(
    names.map((name) => {
      const tensors = parts.map((part) => part[name]!);
      const { dtype, dims, data } = tensors[0]!;
      const all = tensors.map((tensor) => tensor.data as Float32Array);
      const length = all.reduce((sum, each) => sum + each.length, 0);
      const whole = new (data.constructor as Float32ArrayConstructor)(length);
      let at = 0;
      for (const each of all) {
        whole.set(each, at);
        at += each.length;
      }
      const rows = tensors.reduce((sum, tensor) => sum + tensor.dims[0]!, 0);
      return [name, { dtype, dims: [rows, ...dims.slice(1)], data: whole }];
    }),
  );
}
