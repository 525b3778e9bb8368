import { sizeOf, type Tensor } from '../graph/index.ts';
import type { FedValue } from '../runtime/backbone.ts';
import type { ImageSource } from './job.ts';

/**
 * What a run of a backbone is fed with for its images: their pixels, or, where its lower part is frozen, the values at
 * the cut. Images that are missing to a full run are zero.
 */
export class Pixels {
  readonly #parts: readonly (FedValue & { readonly perImage: number })[];
  /** Elements of an image, in all parts. */
  readonly #row: number;

  constructor({ backbone }: ImageSource) {
    this.#parts = backbone.fed.map((input) => ({
      ...input,
      perImage: sizeOf(input.shape) / backbone.batch,
    }));
    this.#row = this.#parts.reduce((sum, { perImage }) => sum + perImage, 0);
  }

  /**
   * `count` images of `images`, from number `begin` on, copied to new arrays.
   * @param images one row an image, which holds its values one after the other.
   * @returns by the names of the graph's inputs.
   */
  of(images: Float32Array | Uint8Array, begin: number, count: number): Record<string, Tensor> {
    const tensors: Record<string, Tensor> = {};
    let offset = 0;
    for (const { name, dtype, shape, perImage } of this.#parts) {
      const bytes = dtype === 'uint8';
      const data = bytes ? new Uint8Array(sizeOf(shape)) : new Float32Array(sizeOf(shape));
      if (perImage === this.#row) data.set(images.subarray(begin * perImage, (begin + count) * perImage));
      else
        for (let row = 0; row < count; row++) {
          const from = (begin + row) * this.#row + offset;
          data.set(images.subarray(from, from + perImage), row * perImage);
        }
      tensors[name] = { dtype: bytes ? dtype : 'float32', dims: shape, data };
      offset += perImage;
    }
    return tensors;
  }
}
