import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fnv1a } from '../../core/data/hash.ts';
import { randomStream } from '../../core/data/random.ts';

describe('FNV-1a', () => {
  it.each([
    // From the authors' published test vectors.
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('of %j', (text, hash) => expect(fnv1a(text)).toBe(hash));
});

describe('a stream', () => {
  const draw = (seed: number, ...keys: (string | number)[]) => {
    const stream = randomStream(seed, ...keys);
    return Array.from({ length: 8 }, () => stream.uniform());
  };

  it('is a function of seed and keys', () => {
    expect(draw(1, 'a', 2)).toEqual(draw(1, 'a', 2));
    const all = [
      draw(1, 'a', 2),
      draw(2, 'a', 2),
      draw(1, 'b', 2),
      draw(1, 'a', 3),
      draw(1, 2, 'a'),
      draw(1, 'a', '2'),
    ];
    expect(new Set(all.map((each) => each[0])).size).toBe(all.length);
  });

  it('keeps its numbers from version to version', () => {
    // Checkpoints of earlier versions are resumed with these.
    const stream = randomStream(42, 'order', 0);
    expect([stream.uniform(), stream.int(1000), stream.normal()]).toMatchInlineSnapshot(`
      [
        0.750575286703269,
        185,
        1.7011674970269923,
      ]
    `);
  });

  it('is uniform, and its normal draws are standard normal', () => {
    const stream = randomStream(7, 'moments');
    const n = 40_000;
    let [sum, square, normal, normal2, normal4] = [0, 0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const u = stream.uniform();
      sum += u;
      square += u * u;
      const z = stream.normal();
      normal += z;
      normal2 += z * z;
      normal4 += z ** 4;
    }
    // Five standard errors of each moment.
    expect(Math.abs(sum / n - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(square / n - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / n));
    expect(Math.abs(normal / n)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(normal2 / n - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(normal4 / n - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
  });

  it('first draws of neighbouring keys are uncorrelated', () => {
    const first = Array.from({ length: 4000 }, (_, i) => randomStream(0, 'augment', 0, i).uniform() - 0.5);
    const product = first.slice(1).reduce((sum, u, i) => sum + u * first[i]!, 0) / (first.length - 1);
    expect(Math.abs(product * 12)).toBeLessThan(5 / Math.sqrt(first.length));
  });

  it('shuffles to a permutation, and draws whole numbers below n', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 60 }), (seed, n) => {
        const items = Array.from({ length: n }, (_, i) => i);
        const shuffled = randomStream(seed).shuffle([...items]);
        expect([...shuffled].sort((a, b) => a - b)).toEqual(items);
        const stream = randomStream(seed, 'int');
        for (let i = 0; i < 20; i++) {
          const k = stream.int(n + 1);
          expect(Number.isInteger(k) && k >= 0 && k <= n).toBe(true);
        }
      }),
    );
  });
});
