/**
 * A model run on images by several threads side by side, each with a session of its own that uses a few cores. That is
 * faster than one session that spreads every op over all cores (mobilenet_v2 on 2 cores: 5.2 to 6.1 ms an image for 6.8
 * to 7.1), and the main thread goes on handing out images, telling progress and hearing signals meanwhile.
 */
import { availableParallelism } from 'node:os';
import type { RawImage } from '../../data/decode.ts';
import type { Preprocess } from '../../data/index.ts';
import type { Device } from '../device/name.ts';
import { Thread } from '../thread/thread.ts';
import { type ImageModel, type ImageModelSpec, type ImageOutputs, openImageModel } from './image-model.ts';
import type { LaneCalls } from './lane.ts';
import { packImages } from './packed-images.ts';

/** Lanes at most: each has the weights once more. */
const MOST_LANES = 4;
/** Weights of all lanes together, at most, in bytes. */
const MOST_BYTES = 2 ** 30;
/** Images a run on the CPU, where the model leaves it open: few enough that activations stay in a core's own cache. */
export const CPU_BATCH = 4;
/**
 * For fewer images than this the start of threads costs more than they gain: some 0.3 s, for about a millisecond an image of
 * mobilenet_v2.
 */
const FEWEST_IMAGES = 256;
/** Images a run of another device than the CPU. */
const DEVICE_BATCH = 64;

export interface ImageLanes extends ImageModel {
  /** How many runs go on at the same time. */
  readonly lanes: number;
}

export interface LaneOptions extends Pick<ImageModelSpec, 'source' | 'input' | 'preprocess'> {
  /** About how many bytes the weights are. */
  readonly bytes: number;
  /** How many images are to be run. */
  readonly images: number;
  /** Images a run, where the model leaves it open; few unless told. */
  readonly batch?: number | undefined;
  /** Where it runs; the CPU unless told. Another device is one lane, which it fills with larger batches. */
  readonly device?: Device | undefined;
}

/** @throws MarnetError 'runtime' where onnxruntime refuses the model. */
export async function openImageLanes(options: LaneOptions): Promise<ImageLanes> {
  const { source, input, preprocess, bytes, images, device = 'cpu' } = options;
  const onCpu = device === 'cpu';
  const model = { source, input, preprocess };
  const batch = input.batch ?? options.batch ?? (onCpu ? CPU_BATCH : DEVICE_BATCH);
  if (images < FEWEST_IMAGES)
    return { ...(await openImageModel({ ...model, batch, session: { device } })), lanes: 1 };
  const cores = availableParallelism();
  const fitting = Math.max(1, Math.min(MOST_LANES, cores, Math.floor(MOST_BYTES / Math.max(1, bytes))));
  const count = onCpu ? fitting : 1;
  const spec: ImageModelSpec = {
    ...model,
    batch,
    session: onCpu ? { threads: Math.max(1, Math.floor(cores / count)) } : { device },
  };
  const opened = await Promise.allSettled(Array.from({ length: count }, () => openLane(spec)));
  const lanes = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failed = opened.find((each) => each.status === 'rejected');
  if (failed) {
    await Promise.all(lanes.map((lane) => lane.close()));
    throw failed.reason;
  }
  return new Lanes(lanes, batch, spec.preprocess);
}

class Lanes implements ImageLanes {
  readonly lanes: number;
  readonly batch: number;
  readonly preprocess: Preprocess;
  readonly #all: readonly Lane[];
  readonly #idle: Lane[];
  readonly #waiting: ((lane: Lane) => void)[] = [];

  constructor(all: readonly Lane[], batch: number, preprocess: Preprocess) {
    this.#all = all;
    this.#idle = [...all];
    this.lanes = all.length;
    this.batch = batch;
    this.preprocess = preprocess;
  }

  async run(images: readonly RawImage[]): Promise<ImageOutputs> {
    const lane = this.#idle.pop() ?? (await new Promise<Lane>((resolve) => this.#waiting.push(resolve)));
    try {
      return await lane.run(images);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(lane);
      else this.#idle.push(lane);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((lane) => lane.close()));
  }
}

interface Lane {
  run(images: readonly RawImage[]): Promise<ImageOutputs>;
  close(): Promise<void>;
}

async function openLane(spec: ImageModelSpec): Promise<Lane> {
  const thread = new Thread<LaneCalls>({ from: import.meta.url, module: './lane' });
  try {
    await thread.call('open', [spec]);
  } catch (error) {
    await thread.close();
    throw error;
  }
  return {
    run(images) {
      const packed = packImages(images);
      return thread.call('run', [packed], [packed.pixels.buffer]);
    },
    close: () => thread.close(),
  };
}
