import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conv, convTranspose, depthwiseConv, type Padding } from '../../../../adapters/tfjs/ops/index.ts';
import { difference, noise, runEmitted, tf, toTf } from './against-tfjs.ts';

const small = (low: number, high: number): fc.Arbitrary<number> => fc.integer({ min: low, max: high });
const pair = (low: number, high: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(small(low, high), small(low, high));

const explicit = fc.tuple(pair(0, 2), pair(0, 2));
const padding: fc.Arbitrary<Padding> = fc.oneof(
  fc.constant<Padding>('SAME'),
  fc.constant<Padding>('VALID'),
  explicit.map((sides): Padding => ({ explicit: sides })),
);

const toTfPadding = (p: Padding): 'same' | 'valid' | tf.backend_util.ExplicitPadding =>
  typeof p === 'string'
    ? (p.toLowerCase() as 'same' | 'valid')
    : [[0, 0], [...p.explicit[0]!], [...p.explicit[1]!], [0, 0]];

/** Strides or dilations of more than 1, never both: TensorFlow.js has no kernel for both. */
const steps = fc.oneof(
  pair(1, 4).map((strides) => ({ strides, dilations: [1, 1] as [number, number] })),
  pair(1, 3).map((dilations) => ({ strides: [1, 1] as [number, number], dilations })),
);

const windows = fc
  .record({
    size: pair(3, 12),
    window: pair(1, 5),
    channels: small(1, 4),
    outputs: small(1, 4),
    padding,
    steps,
  })
  .filter(({ size, window, padding, steps }) =>
    size.every((n, i) => {
      const added = typeof padding === 'string' ? 0 : padding.explicit[i]![0] + padding.explicit[i]![1];
      return padding === 'SAME' || n + added >= (window[i]! - 1) * steps.dilations[i]! + 1;
    }),
  );

describe('convolutions are those of TensorFlow.js', () => {
  it('conv, in two dimensions', async () => {
    await fc.assert(
      fc.asyncProperty(windows, async ({ size, window, channels, outputs, padding, steps }) => {
        const x = noise([2, ...size, channels]);
        const kernel = noise([...window, channels, outputs], 2);
        const bias = noise([outputs], 3);
        const ours = await runEmitted(x, (b, v) => conv(b, v, kernel, { ...steps, padding, bias }), [
          'batch',
          ...size,
          channels,
        ]);
        const { strides, dilations } = steps;
        const theirs = tf.add(
          tf.conv2d(
            toTf(x) as tf.Tensor4D,
            toTf(kernel) as tf.Tensor4D,
            strides,
            toTfPadding(padding),
            'NHWC',
            dilations,
          ),
          toTf(bias),
        );
        expect(difference(ours, theirs)).toBeLessThan(1e-4);
      }),
      { numRuns: 60 },
    );
  });

  it('conv, with unknown height and width', async () => {
    await fc.assert(
      fc.asyncProperty(windows, async ({ size, window, channels, outputs, padding, steps }) => {
        const x = noise([1, ...size, channels]);
        const kernel = noise([...window, channels, outputs], 2);
        const { strides, dilations } = steps;
        const open = ['batch', 'height', 'width', channels];
        const emitted = runEmitted(x, (b, v) => conv(b, v, kernel, { ...steps, padding }), open);
        const unknown = [0, 1].some((i) => strides[i]! > 1 && window[i]! > 1);
        const refused = dilations.some((d) => d > 1) || [0, 1].some((i) => window[i]! < strides[i]!);
        if (padding === 'SAME' && unknown && refused) {
          await expect(emitted).rejects.toMatchObject({ code: 'unsupported-model' });
          return;
        }
        const ours = await emitted;
        const theirs = tf.conv2d(
          toTf(x) as tf.Tensor4D,
          toTf(kernel) as tf.Tensor4D,
          strides,
          toTfPadding(padding),
          'NHWC',
          dilations,
        );
        expect(difference(ours, theirs)).toBeLessThan(1e-4);
      }),
      { numRuns: 40 },
    );
  });

  it('conv, in one dimension', async () => {
    const cases = fc.record({
      size: small(4, 12),
      window: small(1, 4),
      stride: small(1, 3),
      same: fc.boolean(),
      dilation: small(1, 3),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ size, window, stride, same, dilation }) => {
        fc.pre((stride === 1 || dilation === 1) && (same || size > (window - 1) * dilation));
        const x = noise([2, size, 3]);
        const kernel = noise([window, 3, 2], 2);
        const padding = same ? 'SAME' : 'VALID';
        const ours = await runEmitted(x, (b, v) =>
          conv(b, v, kernel, { strides: [stride], dilations: [dilation], padding }),
        );
        const theirs = tf.conv1d(
          toTf(x) as tf.Tensor3D,
          toTf(kernel) as tf.Tensor3D,
          stride,
          same ? 'same' : 'valid',
          'NWC',
          dilation,
        );
        expect(difference(ours, theirs)).toBeLessThan(1e-4);
      }),
      { numRuns: 30 },
    );
  });

  it('depthwiseConv, with several outputs a channel', async () => {
    await fc.assert(
      fc.asyncProperty(windows, async ({ size, window, channels, outputs, padding, steps }) => {
        const x = noise([2, ...size, channels]);
        const kernel = noise([...window, channels, outputs], 2);
        const ours = await runEmitted(x, (b, v) => depthwiseConv(b, v, kernel, { ...steps, padding }));
        const theirs = tf.depthwiseConv2d(
          toTf(x) as tf.Tensor4D,
          toTf(kernel) as tf.Tensor4D,
          steps.strides,
          toTfPadding(padding),
          'NHWC',
          steps.dilations,
        );
        expect(difference(ours, theirs)).toBeLessThan(1e-4);
      }),
      { numRuns: 60 },
    );
  });

  it('convTranspose, to every size that a convolution would bring back', async () => {
    const cases = fc.record({
      output: pair(3, 12),
      window: pair(1, 5),
      strides: pair(1, 3),
      same: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ output, window, strides, same }) => {
        fc.pre(same || output.every((n, i) => n >= window[i]!));
        const size = output.map((n, i) =>
          same ? Math.ceil(n / strides[i]!) : Math.ceil((n - window[i]! + 1) / strides[i]!),
        );
        const x = noise([2, ...size, 3]);
        const kernel = noise([...window, 2, 3], 2);
        const ours = await runEmitted(x, (b, v) =>
          convTranspose(b, v, kernel, { strides, padding: same ? 'SAME' : 'VALID', outputShape: output }),
        );
        const theirs = tf.conv2dTranspose(
          toTf(x) as tf.Tensor4D,
          toTf(kernel) as tf.Tensor4D,
          [2, ...output, 2],
          strides,
          same ? 'same' : 'valid',
        );
        expect(difference(ours, theirs)).toBeLessThan(1e-4);
      }),
      { numRuns: 60 },
    );
  });

  it('says which kernel does not fit', async () => {
    await expect(runEmitted(noise([1, 4, 4, 3]), (b, v) => conv(b, v, noise([1, 1, 2, 2])))).rejects.toThrow(
      'a kernel of shape [1,1,2,2] does not fit a value of shape [1,4,4,3]',
    );
  });
});
