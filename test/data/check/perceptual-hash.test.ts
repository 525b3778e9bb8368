import { describe, expect, it } from 'vitest';
import { hashDistance, perceptualHash } from '../../../core/data/check/perceptual-hash.ts';

type Formula = (x: number, y: number) => number;

/** What `image_hashes.py` printed: pHash of Python's imagehash. */
const REFERENCE: readonly (readonly [string, string, Formula])[] = [
  ['waves', '8100033fb6afae3f', (x, y) => (x * x * 3 + y * 7 + x * y) % 256],
  ['rings', 'a020d5d561dfc57a', (x, y) => ((x - 16) ** 2 + (y - 12) ** 2) % 256],
  ['weave', '9a1ae31ce51e1ae3', (x, y) => ((x * 11) ^ (y * 5)) % 256],
];

const picture = (formula: Formula) =>
  Float32Array.from({ length: 1024 }, (_, i) => formula(i % 32, Math.floor(i / 32)));
const hex = (hash: readonly [number, number]) =>
  hash.map((bits) => bits.toString(16).padStart(8, '0')).join('');

describe('the perceptual hash', () => {
  it.each(REFERENCE)('is that of imagehash: %s', (_, expected, formula) => {
    expect(hex(perceptualHash(picture(formula)))).toBe(expected);
  });

  it('does not mind brightness and contrast', () => {
    const [, , formula] = REFERENCE[1]!;
    const hash = perceptualHash(picture(formula));
    expect(
      hashDistance(hash, perceptualHash(picture((x, y) => 0.8 * formula(x, y) + 20))),
    ).toBeLessThanOrEqual(2);
  });

  it('counts bits that differ', () => {
    expect(hashDistance([0, 0], [0xffffffff, 0x80000001])).toBe(34);
    expect(hashDistance([0xf0f0f0f0, 5], [0xf0f0f0f0, 5])).toBe(0);
  });
});
