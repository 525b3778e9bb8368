import { type Graph, sizeOf, type Tensor } from '../graph/index.ts';
import { encodeGraph } from '../onnx/index.ts';
import type { TrainableBackbone } from './backbone.ts';
import { mendFor } from './device/mend.ts';
import type { Device } from './device/name.ts';
import { openSession } from './session.ts';

/** The part of a backbone below the cut, ready to run. */
export interface FrozenPart {
  /** Elements of an image's row. */
  readonly width: number;
  /**
   * The values at the cut, one row an image that holds them one after the other.
   * @param pixels `count` images as the model's input has them. @returns [count, width].
   */
  run(pixels: Float32Array, count: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** @param lower as `cutBelow` gives it: it takes the backbone's batch, and so do its outputs. */
export async function openFrozenPart(
  backbone: TrainableBackbone,
  lower: Graph,
  device: Device = 'cpu',
): Promise<FrozenPart> {
  const { image, imageShape, batch } = backbone;
  const session = await openSession(encodeGraph(mendFor(device, lower)), { device });
  const parts = lower.outputs.map(({ name, shape }) => ({
    name,
    perImage: sizeOf(shape as readonly number[]) / batch,
  }));
  const width = parts.reduce((sum, { perImage }) => sum + perImage, 0);
  const perImage = sizeOf(imageShape) / batch;
  const bytes = lower.inputs.find((input) => input.name === image)?.dtype === 'uint8';
  return {
    width,
    async run(pixels, count) {
      const rows = new Float32Array(count * width);
      for (let begin = 0; begin < count; begin += batch) {
        const some = Math.min(batch, count - begin);
        const data = new Float32Array(sizeOf(imageShape));
        data.set(pixels.subarray(begin * perImage, (begin + some) * perImage));
        const feed: Tensor = bytes
          ? { dtype: 'uint8', dims: imageShape, data: new Uint8Array(Uint8ClampedArray.from(data).buffer) }
          : { dtype: 'float32', dims: imageShape, data };
        const outputs = await session.run({ [image]: feed });
        let offset = 0;
        for (const part of parts) {
          const values = outputs[part.name]!.data as Float32Array;
          for (let row = 0; row < some; row++) {
            const from = row * part.perImage;
            rows.set(values.subarray(from, from + part.perImage), (begin + row) * width + offset);
          }
          offset += part.perImage;
        }
      }
      return rows;
    },
    close: () => session.close(),
  };
}
