/** Layers that stock tfjs-layers lacks, or computes otherwise than Keras, against TensorFlow.js' own functions. */
import { describe, expect, it } from 'vitest';
import { layersModelGraph } from '../../../../adapters/tfjs/layers-model/index.ts';
import type { Tensor } from '../../../../core/graph/index.ts';
import { artifactsFrom, difference, noise, tf } from './against-layers.ts';
import { asTf, type Config, keras3, run, topology } from './keras-config.ts';

describe('layers that stock tfjs-layers lacks, or computes otherwise than Keras', () => {
  const alone = (className: string, config: Config, shape: readonly (number | null)[]): Config =>
    keras3('Sequential', {
      name: 's',
      layers: [
        keras3('InputLayer', { batch_shape: shape, name: 'x' }),
        keras3(className, { name: 'layer', ...config }),
      ],
    });
  const image = [null, 7, 6, 4] as const;

  it('UpSampling1D', async () => {
    const { ours, x } = await run(alone('UpSampling1D', { size: 3 }, [null, 5, 4]), {});
    expect(difference(ours, [tf.reshape(tf.tile(tf.expandDims(x, 2), [1, 1, 3, 1]), [2, 15, 4])])).toBe(0);
  });

  it('ZeroPadding1D and Cropping1D', async () => {
    const padded = await run(alone('ZeroPadding1D', { padding: [1, 2] }, [null, 5, 4]), {});
    expect(
      difference(padded.ours, [
        tf.pad(padded.x, [
          [0, 0],
          [1, 2],
          [0, 0],
        ]),
      ]),
    ).toBe(0);
    const cropped = await run(alone('Cropping1D', { cropping: [1, 2] }, [null, 5, 4]), {});
    expect(difference(cropped.ours, [tf.slice(cropped.x, [0, 1, 0], [2, 2, 4])])).toBe(0);
  });

  it('Conv1D with causal padding', async () => {
    const kernel = noise([3, 4, 2], 5);
    const config = { padding: 'causal', dilation_rate: [2], strides: [1], use_bias: false };
    const { ours, x } = await run(alone('Conv1D', config, [null, 8, 4]), { 'layer/kernel': kernel });
    const padded = tf.pad(x, [
      [0, 0],
      [4, 0],
      [0, 0],
    ]) as tf.Tensor3D;
    expect(
      difference(ours, [tf.conv1d(padded, asTf(kernel) as tf.Tensor3D, 1, 'valid', 'NWC', 2)]),
    ).toBeLessThan(1e-5);
  });

  it('DepthwiseConv2D with a dilation, its kernel named as in Keras 3', async () => {
    const kernel = noise([2, 2, 4, 2], 5);
    const config = { dilation_rate: [2, 2], strides: [1, 1], padding: 'same', use_bias: false };
    const { ours, x } = await run(alone('DepthwiseConv2D', config, image), { 'layer/kernel': kernel });
    const theirs = tf.depthwiseConv2d(x as tf.Tensor4D, asTf(kernel) as tf.Tensor4D, 1, 'same', 'NHWC', 2);
    expect(difference(ours, [theirs])).toBeLessThan(1e-5);
  });

  it('Conv2D in groups', async () => {
    const kernel = noise([3, 3, 2, 6], 5);
    const config = { strides: [1, 1], padding: 'valid', groups: 2, use_bias: false };
    const { ours, x } = await run(alone('Conv2D', config, image), { 'layer/kernel': kernel });
    const halves = tf.split(x, 2, 3) as tf.Tensor4D[];
    const kernels = tf.split(asTf(kernel), 2, 3) as tf.Tensor4D[];
    expect(
      difference(ours, [
        tf.concat(
          halves.map((h, i) => tf.conv2d(h, kernels[i]!, 1, 'valid')),
          3,
        ),
      ]),
    ).toBeLessThan(1e-5);
  });

  it('BatchNormalization along another axis', async () => {
    const [gamma, beta, mean] = [noise([7], 1), noise([7], 2), noise([7], 3)];
    const variance = { ...noise([7], 4), data: Float32Array.from({ length: 7 }, (_, i) => 0.5 + i / 7) };
    const { ours, x } = await run(alone('BatchNormalization', { axis: [1], epsilon: 0.01 }, image), {
      'layer/gamma': gamma,
      'layer/beta': beta,
      'layer/moving_mean': mean,
      'layer/moving_variance': variance,
    });
    const along = (t: Tensor): tf.Tensor => tf.reshape(asTf(t), [7, 1, 1]);
    const normal = tf.div(tf.sub(x, along(mean)), tf.sqrt(tf.add(along(variance), 0.01)));
    expect(difference(ours, [tf.add(tf.mul(normal, along(gamma)), along(beta))])).toBeLessThan(1e-5);
  });

  it.each(['bilinear', 'nearest'] as const)('Resizing, %s', async (interpolation) => {
    const { ours, x } = await run(alone('Resizing', { height: 10, width: 5, interpolation }, image), {});
    const theirs = interpolation === 'bilinear' ? tf.image.resizeBilinear : tf.image.resizeNearestNeighbor;
    expect(difference(ours, [theirs(x as tf.Tensor4D, [10, 5], false, true)])).toBeLessThan(1e-5);
  });

  it('Normalization, from weights and from the configuration', async () => {
    const [mean, variance] = [noise([4], 3), { ...noise([4], 3), data: Float32Array.of(0.5, 1, 2, 4) }];
    const expected = (x: tf.Tensor): tf.Tensor => tf.div(tf.sub(x, asTf(mean)), tf.sqrt(asTf(variance)));
    const weights = { 'layer/mean': mean, 'layer/variance': variance };
    const learned = await run(alone('Normalization', { axis: [-1] }, [null, 2, 4]), weights);
    expect(difference(learned.ours, [expected(learned.x)])).toBeLessThan(1e-5);
    const config = { axis: [-1], mean: [[[...(mean.data as Float32Array)]]], variance: [[[0.5, 1, 2, 4]]] };
    const given = await run(alone('Normalization', config, [null, 2, 4]), {});
    expect(difference(given.ours, [expected(given.x)])).toBeLessThan(1e-5);
  });

  it('an input of bytes, rescaled', () => {
    const model = keras3('Sequential', {
      name: 's',
      layers: [
        keras3('InputLayer', { batch_shape: image, name: 'x', dtype: 'uint8' }),
        keras3('Rescaling', { name: 'rescaling', scale: 2 }),
      ],
    });
    const graph = layersModelGraph(artifactsFrom(topology(model), new Map()));
    expect(graph.inputs.map((input) => input.dtype)).toEqual(['int32']);
    expect(graph.outputs.map((output) => output.dtype)).toEqual(['float32']);
  });

  it('LayerScale and StochasticDepth of ConvNeXt', async () => {
    const gamma = noise([4], 3);
    const { ours, x } = await run(alone('LayerScale', { init_values: 1, projection_dim: 4 }, image), {
      'layer/Variable': gamma,
    });
    expect(difference(ours, [tf.mul(x, asTf(gamma))])).toBe(0);
    const depth = await run(alone('StochasticDepth', { drop_path_rate: 0.5 }, image), {});
    expect(difference(depth.ours, [depth.x])).toBe(0);
  });

  it('Rescaling by channel, and global pooling that keeps its axes', async () => {
    const config = { scale: [0.5, 1, 2, 4], offset: [0, 1, 0, -1] };
    const scaled = await run(alone('Rescaling', config, image), {});
    expect(difference(scaled.ours, [tf.add(tf.mul(scaled.x, [0.5, 1, 2, 4]), [0, 1, 0, -1])])).toBeLessThan(
      1e-6,
    );
    const pooled = await run(alone('GlobalAveragePooling2D', { keepdims: true }, image), {});
    expect(difference(pooled.ours, [tf.mean(pooled.x, [1, 2], true)])).toBeLessThan(1e-6);
  });
});
