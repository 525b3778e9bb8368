import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  globalPool,
  type Padding,
  pad,
  pool,
  resize,
  upsampleNearest,
} from '../../../../adapters/tfjs/ops/index.ts';
import { difference, noise, runEmitted, tf, toTf } from './against-tfjs.ts';

const small = (low: number, high: number): fc.Arbitrary<number> => fc.integer({ min: low, max: high });
const pair = (low: number, high: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(small(low, high), small(low, high));

describe('pooling is that of TensorFlow.js', () => {
  const cases = fc.record({
    size: pair(3, 12),
    window: pair(1, 4),
    strides: pair(1, 4),
    same: fc.boolean(),
    open: fc.boolean(),
  });

  it.each(['max', 'average'] as const)('%s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ size, window, strides, same, open }) => {
        fc.pre(same || size.every((n, i) => n >= window[i]!));
        fc.pre(!(open && same && window.some((k, i) => k < strides[i]!)));
        const x = noise([2, ...size, 3]);
        const padding: Padding = same ? 'SAME' : 'VALID';
        const ours = await runEmitted(
          x,
          (b, v) => pool(b, kind, v, { window, strides, padding }),
          open ? ['batch', 'height', 'width', 3] : x.dims,
        );
        const run = kind === 'max' ? tf.maxPool : tf.avgPool;
        const theirs = run(toTf(x) as tf.Tensor4D, window, strides, same ? 'same' : 'valid');
        expect(difference(ours, theirs)).toBeLessThan(1e-5);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses what ONNX Runtime cannot do without knowing the size', async () => {
    const run = runEmitted(
      noise([1, 4, 4, 1]),
      (b, v) => pool(b, 'max', v, { window: [2, 2], strides: [3, 3], padding: 'SAME' }),
      [1, 'height', 'width', 1],
    );
    await expect(run).rejects.toThrow('SAME padding of a pooling with window [2,2], strides [3,3]');
  });

  it('over all of the image', async () => {
    const x = noise([2, 5, 4, 3]);
    const mean = await runEmitted(x, (b, v) => globalPool(b, 'average', v));
    expect(difference(mean, tf.mean(toTf(x), [1, 2]))).toBeLessThan(1e-6);
    const max = await runEmitted(x, (b, v) => globalPool(b, 'max', v, true));
    expect(difference(max, tf.max(toTf(x), [1, 2], true))).toBe(0);
  });
});

describe('resizing is that of TensorFlow.js', () => {
  const cases = fc.record({
    from: pair(2, 9),
    to: pair(1, 20),
    how: fc.constantFrom({}, { alignCorners: true }, { halfPixelCenters: true }),
    open: fc.boolean(),
  });

  it.each(['bilinear', 'nearest'] as const)('%s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ from, to, how, open }) => {
        const x = noise([2, ...from, 3]);
        const ours = await runEmitted(
          x,
          (b, v) => resize(b, kind, v, to, how),
          open ? ['batch', ...from, 3] : x.dims,
        );
        const run = kind === 'bilinear' ? tf.image.resizeBilinear : tf.image.resizeNearestNeighbor;
        const { alignCorners = false, halfPixelCenters = false } = how as Record<string, boolean>;
        const theirs = run(toTf(x) as tf.Tensor4D, to, alignCorners, halfPixelCenters);
        expect(difference(ours, theirs)).toBeLessThan(1e-5);
      }),
      { numRuns: 80 },
    );
  });

  it('by whole factors without knowing the size', async () => {
    const x = noise([2, 3, 4, 2]);
    const ours = await runEmitted(x, (b, v) => upsampleNearest(b, v, [2, 3]), [
      'batch',
      'height',
      'width',
      2,
    ]);
    expect(difference(ours, tf.image.resizeNearestNeighbor(toTf(x) as tf.Tensor4D, [6, 12]))).toBe(0);
  });
});

describe('padding is that of TensorFlow.js', () => {
  const modes = ['constant', 'reflect', 'symmetric'] as const;
  it.each(modes)('%s', async (mode) => {
    await fc.assert(
      fc.asyncProperty(pair(0, 2), pair(0, 2), async (rows, columns) => {
        const x = noise([2, 3, 4, 2]);
        const sides: [number, number][] = [[0, 0], rows, columns, [0, 0]];
        const ours = await runEmitted(x, (b, v) => pad(b, v, sides, mode, 0.5));
        const theirs = mode === 'constant' ? tf.pad(toTf(x), sides, 0.5) : tf.mirrorPad(toTf(x), sides, mode);
        expect(difference(ours, theirs)).toBe(0);
      }),
      { numRuns: 20 },
    );
  });
});
