/** Painted pictures held in memory as 8-bit RGB, and the batches that training draws from them. */

import type { Sample } from '../../core/data/dataset.ts';
import { decodeRaw } from '../../core/data/decode.ts';
import { imageLength, type Preprocess, randomStream } from '../../core/data/index.ts';

/** [image][row][column][channel], one image after the other. */
export async function readPictures(samples: readonly Sample[], preprocess: Preprocess): Promise<Uint8Array> {
  const length = imageLength(preprocess);
  const all = new Uint8Array(samples.length * length);
  let taken = 0;
  const work = async () => {
    for (let i = taken++; i < samples.length; i = taken++)
      all.set((await decodeRaw(samples[i]!.file, preprocess)).data, i * length);
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return all;
}

/**
 * Batches [N, 3, size, size] for training. A plate looks right from every side, so each picture is turned by a random
 * quarter and mirrored at random; and shifted by up to a twelfth of its width, its edge repeated.
 */
export function pictureBatches(
  pictures: Uint8Array,
  preprocess: Preprocess,
  seed: number,
): (indices: readonly number[], epoch: number | 'holdout') => Promise<Float32Array> {
  const { width: size, scale, mean, std } = preprocess;
  const length = imageLength(preprocess);
  const plane = size * size;
  const reach = Math.floor(size / 12);
  const clamp = (at: number) => Math.min(size - 1, Math.max(0, at));
  return async (indices, epoch) => {
    const out = new Float32Array(indices.length * length);
    indices.forEach((image, row) => {
      const draw = randomStream(seed, 'view', epoch, image);
      const still = epoch === 'holdout';
      const [turns, mirror] = still ? [0, false] : [draw.int(4), draw.uniform() < 0.5];
      const [dx, dy] = still ? [0, 0] : [draw.int(2 * reach + 1) - reach, draw.int(2 * reach + 1) - reach];
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          let [u, v] = [clamp(x + dx), clamp(y + dy)];
          if (mirror) u = size - 1 - u;
          for (let turn = 0; turn < turns; turn++) [u, v] = [v, size - 1 - u];
          const from = image * length + 3 * (v * size + u);
          const to = row * length + y * size + x;
          for (let c = 0; c < 3; c++)
            out[to + c * plane] = (pictures[from + c]! * scale - mean[c]!) / std[c]!;
        }
      }
    });
    return out;
  };
}
