import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Random numbers of one stream. */
export interface Draws {
  /** Uniform in [0, 1), with 32 random bits. */
  uniform(): number;
  /** A whole number in [0, bound). */
  below(bound: number): number;
  shuffled<T>(items: readonly T[]): T[];
  /** Standard normal numbers (Box and Muller 1958). */
  fillNormal(target: Float32Array): void;
  /** 0 with probability p (to 16 bits), else 1/(1-p). */
  fillDropout(target: Float32Array, p: number): void;
}

/** A stream that depends on the seed and the keys alone; streams of different keys are independent. */
export function drawsFor(seed: number, ...keys: readonly (string | number)[]): Draws {
  const generator = xoroshiro128plus(hashOf(`${seed}\n${keys.join('\n')}`));
  const bits = () => generator.next() >>> 0;
  const uniform = () => bits() / 2 ** 32;
  const below = (bound: number) => Math.floor(uniform() * bound);
  return {
    uniform,
    below,
    shuffled<T>(items: readonly T[]): T[] {
      const result = [...items];
      for (let i = result.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [result[i], result[j]] = [result[j]!, result[i]!];
      }
      return result;
    },
    fillNormal(target) {
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
        const both = bits();
        target[i] = (both & 0xffff) < limit ? 0 : kept;
        if (i + 1 < target.length) target[i + 1] = both >>> 16 < limit ? 0 : kept;
      }
    },
  };
}

/** FNV-1a, 32 bits, with a last mixing so that near keys give far seeds. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
