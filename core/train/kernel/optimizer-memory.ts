/**
 * The optimizer's vectors, in memory that WebAssembly works on: as JavaScript the update takes three times as long
 * (11.7 million parameters: 80 ms for 27 ms), since that computes in double precision and one number at a time.
 */
import { WASM_PAGE, wasmFunctions, wasmMemory } from '../../web-assembly.ts';
import { ADAMW_MODULE } from './adamw-module.ts';

/** What one update is made with; see optimizer.ts for the formula. */
export interface UpdateFactors {
  readonly shorten: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly keep: number;
  readonly size: number;
  readonly epsilon: number;
}

interface Kernels {
  sumOfSquares(at: number, count: number): number;
  update(
    p: number,
    g: number,
    m: number,
    v: number,
    count: number,
    shorten: number,
    beta1: number,
    share1: number,
    beta2: number,
    share2: number,
    keep: number,
    size: number,
    epsilon: number,
  ): void;
}

/** WebAssembly's addresses have 32 bits. */
const LARGEST = 2 ** 32 - WASM_PAGE;
/** Floats of each vector that are copied to WebAssembly at a time where the vectors themselves do not fit there. */
const CHUNK = 2 ** 20;
/** Floats that the kernels take at a time. */
export const LANES = 4;

/** Values, gradients, first and second moments: four vectors of equal length, a multiple of `LANES`. */
export class OptimizerMemory {
  readonly values: Float32Array;
  readonly gradients: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly #kernels: Kernels;
  /** Where the vectors do not fit: four pieces of them. */
  readonly #stage: readonly Float32Array[] | undefined;

  /** @param size floats of each vector. @param largest bytes that WebAssembly may have. */
  constructor(size: number, largest = LARGEST) {
    const fits = 4 * size * Float32Array.BYTES_PER_ELEMENT <= largest;
    const length = fits ? size : CHUNK;
    const memory = wasmMemory(4 * length * Float32Array.BYTES_PER_ELEMENT);
    const inside = Array.from(
      { length: 4 },
      (_, i) => new Float32Array(memory.buffer, i * length * Float32Array.BYTES_PER_ELEMENT, length),
    );
    const vectors = fits ? inside : inside.map(() => new Float32Array(size));
    [this.values, this.gradients, this.first, this.second] = vectors as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    this.#stage = fits ? undefined : inside;
    this.#kernels = wasmFunctions<Kernels>(ADAMW_MODULE, memory);
  }

  /** Sum of the squares of the gradients. */
  sumOfSquares(): number {
    const { gradients } = this;
    const stage = this.#stage?.[1];
    if (!stage) return this.#kernels.sumOfSquares(gradients.byteOffset, gradients.length);
    let sum = 0;
    for (let begin = 0; begin < gradients.length; begin += CHUNK) {
      const piece = gradients.subarray(begin, begin + CHUNK);
      stage.set(piece);
      sum += this.#kernels.sumOfSquares(stage.byteOffset, piece.length);
    }
    return sum;
  }

  /** Updates elements [begin, end) of values and moments; both are multiples of `LANES`. */
  update(begin: number, end: number, factors: UpdateFactors): void {
    const vectors = [this.values, this.gradients, this.first, this.second];
    const stage = this.#stage;
    if (!stage) {
      this.#update(vectors, begin, end - begin, factors);
      return;
    }
    for (let from = begin; from < end; from += CHUNK) {
      const to = Math.min(end, from + CHUNK);
      vectors.forEach((vector, i) => {
        stage[i]!.set(vector.subarray(from, to));
      });
      this.#update(stage, 0, to - from, factors);
      for (const i of [0, 2, 3]) vectors[i]!.set(stage[i]!.subarray(0, to - from), from);
    }
  }

  #update(vectors: readonly Float32Array[], begin: number, count: number, f: UpdateFactors): void {
    const [p, g, m, v] = vectors.map((vector) => vector.byteOffset + begin * Float32Array.BYTES_PER_ELEMENT);
    this.#kernels.update(
      p!,
      g!,
      m!,
      v!,
      count,
      f.shorten,
      f.beta1,
      1 - f.beta1,
      f.beta2,
      1 - f.beta2,
      f.keep,
      f.size,
      f.epsilon,
    );
  }
}
