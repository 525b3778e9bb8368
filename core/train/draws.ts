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
      // By the drawn byte: looked up, because a processor cannot guess which way a comparison goes.
      const values = new Float32Array(256).fill(0, 0, limit).fill(1 / (1 - limit / 256), limit);
      const whole = target.length - (target.length % 4);
      for (let i = 0; i < whole; i += 4) {
        const four = bits();
        target[i] = values[four & 0xff]!;
        target[i + 1] = values[(four >>> 8) & 0xff]!;
        target[i + 2] = values[(four >>> 16) & 0xff]!;
        target[i + 3] = values[four >>> 24]!;
      }
      const last = whole < target.length ? bits() : 0;
      for (let i = whole; i < target.length; i++) target[i] = values[(last >>> (8 * (i - whole))) & 0xff]!;
    },
  };
}
