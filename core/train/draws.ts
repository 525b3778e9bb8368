import { randomStream } from '../data/random.ts';

/** Random numbers of one stream, by the arrayful. */
export interface Draws {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** A whole number in [0, bound). */
  below(bound: number): number;
  /** Standard normal numbers, each one of 65,536 that were drawn once and for all. */
  fillNormal(target: Float32Array): void;
  /** 0 with probability p (to 8 bits), else 1/(1-p). */
  fillDropout(target: Float32Array, p: number): void;
}

/** A stream that depends on the seed and the keys alone; streams of different keys are independent. */
export function drawsFor(seed: number, ...keys: readonly (string | number)[]): Draws {
  const { uniform, bits, int, fillNormal } = randomStream(seed, ...keys);
  return {
    uniform,
    below: int,
    fillNormal,
    fillDropout(target, p) {
      const limit = Math.min(255, Math.round(p * 256));
      const kept = 1 / (1 - limit / 256);
      for (let i = 0; i < target.length; i += 4) {
        const four = bits();
        const end = Math.min(4, target.length - i);
        for (let k = 0; k < end; k++) target[i + k] = ((four >>> (8 * k)) & 0xff) < limit ? 0 : kept;
      }
    },
  };
}
