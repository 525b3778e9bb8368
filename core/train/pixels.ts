import { sizeOf, type Tensor } from '../graph/index.ts';
import type { ImageSource } from './job.ts';

/**
 * What a run of a backbone is fed with for its images: their pixels, or, where its lower part is frozen, the values at
 * the cut. Images that are missing to a full run are zero.
 */
export class Pixels {
  /** By name. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly #parts: readonly { readonly array: Float32Array | Uint8Array; readonly perImage: number }[];
  /** Elements of an image, in all parts. */
  readonly #row: number;

  constructor({ backbone }: ImageSource) {
    this.#parts = backbone.fed.map(({ dtype, shape }) => {
      const size = sizeOf(shape);
      const array = dtype === 'uint8' ? new Uint8Array(size) : new Float32Array(size);
      return { array, perImage: size / backbone.batch };
    });
    this.#row = this.#parts.reduce((sum, { perImage }) => sum + perImage, 0);
    this.tensors = Object.fromEntries(
      backbone.fed.map(({ name, dtype, shape }, i) => [
        name,
        { dtype: dtype === 'uint8' ? dtype : 'float32', dims: shape, data: this.#parts[i]!.array },
      ]),
    );
  }

  /**
   * Copies `count` images of `images`, from number `begin` on.
   * @param images one row an image, which holds its values one after the other.
   */
  fill(images: Float32Array | Uint8Array, begin: number, count: number): void {
    let offset = 0;
    for (const { array, perImage } of this.#parts) {
      if (perImage === this.#row) array.set(images.subarray(begin * perImage, (begin + count) * perImage));
      else
        for (let row = 0; row < count; row++) {
          const from = (begin + row) * this.#row + offset;
          array.set(images.subarray(from, from + perImage), row * perImage);
        }
      array.fill(0, count * perImage);
      offset += perImage;
    }
  }
}
