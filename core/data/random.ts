/**
 * Seeded random numbers. A stream is a pure function of its seed and keys, so that any part of a run (the order of an
 * epoch, one image's crop) can be drawn again without replaying what came before it: that is what makes resuming exact.
 * The generator is pure-rand's xoroshiro128+. Uniform draws are the same on every platform; normal draws go through
 * Math.log, Math.sqrt and Math.cos, which V8 computes in software (fdlibm), the same on every platform that Node runs on.
 */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { fnv1a } from './hash.ts';

export interface RandomStream {
  /** Uniform in [0, 1), a multiple of 2^-53. */
  uniform(): number;
  /** 32 random bits, as a whole number from 0. */
  bits(): number;
  /** Standard normal. */
  normal(): number;
  /** Standard normal numbers, each one of 65,536 that were drawn once and for all: a tenth of the time of `normal`. */
  fillNormal(target: Float32Array): void;
  /** Uniform whole number in [0, n). */
  int(n: number): number;
  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T extends { [index: number]: unknown; readonly length: number }>(items: T): T;
}

/** Different keys give independent streams; the key order matters, and 1 and '1' are different keys. */
export function randomStream(seed: number, ...keys: readonly (string | number)[]): RandomStream {
  const name = JSON.stringify([seed, ...keys]);
  // Four hashes from different starts fill the 128 bits of state; the finalizer spreads FNV's weak high bits.
  const state = [1, 2, 3, 4].map((lane) => finalize(fnv1a(name, Math.imul(lane, 0x9e3779b1)) ^ lane));
  const generator = xoroshiro128plusFromState(state);
  const uniform = () => uniformFloat64(generator);
  const int = (n: number) => uniformInt(generator, 0, n - 1);
  const bits = () => generator.next() >>> 0;
  return {
    uniform,
    bits,
    int,
    // Box-Muller; 1 - u keeps the logarithm's argument above 0.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    fillNormal: (target) => {
      const pool = normalPool();
      for (let i = 0; i < target.length; i += 2) {
        const both = bits();
        target[i] = pool[both >>> 16]!;
        if (i + 1 < target.length) target[i + 1] = pool[both & 0xffff]!;
      }
    },
    shuffle: (items) => {
      const slots = items as { [index: number]: unknown; readonly length: number };
      for (let i = slots.length - 1; i > 0; i--) {
        const j = int(i + 1);
        [slots[i], slots[j]] = [slots[j], slots[i]];
      }
      return items;
    },
  };
}

let pool: Float32Array | undefined;

function normalPool(): Float32Array {
  pool ??= Float32Array.from({ length: 65536 }, randomStream(0, 'normal pool').normal);
  return pool;
}

/** The finalizer of MurmurHash3: every input bit changes about half of the output bits. */
function finalize(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
