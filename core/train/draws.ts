import { randomStream } from '../data/random.ts';

/** Random numbers of one stream, by the arrayful. */
export interface Draws {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** A whole number in [0, bound). */
  below(bound: number): number;
  /** Standard normal numbers. */
  fillNormal(target: Float32Array): void;
  /** 0 with probability p (to 16 bits), else 1/(1-p). */
  fillDropout(target: Float32Array, p: number): void;
}

/** A stream that depends on the seed and the keys alone; streams of different keys are independent. */
export function drawsFor(seed: number, ...keys: readonly (string | number)[]): Draws {
  const { uniform, int } = randomStream(seed, ...keys);
  return {
    uniform,
    below: int,
    fillNormal(target) {
      // Box and Muller (1958): two normal numbers of two uniform ones.
      for (let i = 0; i < target.length; i += 2) {
        const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
        const angle = 2 * Math.PI * uniform();
        target[i] = radius * Math.cos(angle);
        if (i + 1 < target.length) target[i + 1] = radius * Math.sin(angle);
      }
    },
    fillDropout(target, p) {
      const limit = Math.round(p * 65536);
      const kept = 1 / (1 - limit / 65536);
      for (let i = 0; i < target.length; i += 2) {
        // A draw has 53 random bits: the first 16 are for one unit, the next 16 for another.
        const scaled = uniform() * 65536;
        const first = Math.floor(scaled);
        target[i] = first < limit ? 0 : kept;
        if (i + 1 < target.length) target[i + 1] = (scaled - first) * 65536 < limit ? 0 : kept;
      }
    },
  };
}
