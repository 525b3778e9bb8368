import type { Tensor } from '../graph/index.ts';
import type { ImageSource } from './job.ts';

/** The image input of a backbone's run; images that are missing to a full run are zero. */
export class Pixels {
  readonly tensor: Tensor;
  readonly #array: Float32Array | Uint8Array;
  readonly #perImage: number;

  constructor({ backbone }: ImageSource) {
    const dims = backbone.imageShape;
    const size = dims.reduce((a, b) => a * b, 1);
    const bytes = backbone.graph.typeOf(backbone.image)?.dtype === 'uint8';
    this.#array = bytes ? new Uint8Array(size) : new Float32Array(size);
    this.#perImage = size / backbone.batch;
    this.tensor = { dtype: bytes ? 'uint8' : 'float32', dims, data: this.#array };
  }

  /** Copies `count` images of `images`, from number `begin` on. */
  fill(images: Float32Array | Uint8Array, begin: number, count: number): void {
    this.#array.set(images.subarray(begin * this.#perImage, (begin + count) * this.#perImage));
    this.#array.fill(0, count * this.#perImage);
  }
}
