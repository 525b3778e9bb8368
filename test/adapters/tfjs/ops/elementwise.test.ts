import { describe, expect, it } from 'vitest';
import {
  type ActivationOptions,
  activation,
  batchNorm,
  crop,
  depthToSpace,
  layerNorm,
  spaceToDepth,
  transposeTensor,
} from '../../../../adapters/tfjs/ops/index.ts';
import { difference, noise, runEmitted, tf, toTf } from './against-tfjs.ts';

const wide = {
  ...noise([3, 5, 7]),
  data: Float32Array.from(noise([3, 5, 7]).data as Float32Array, (v) => 8 * v),
};

describe('activations are those of TensorFlow.js', () => {
  type Case = readonly [string, ActivationOptions, (x: tf.Tensor) => tf.Tensor];
  const cases: readonly Case[] = [
    ['relu', {}, tf.relu],
    ['Relu6', {}, tf.relu6],
    ['relu', { maxValue: 3 }, (x) => tf.clipByValue(x, 0, 3)],
    ['relu', { negativeSlope: 0.1 }, (x) => tf.leakyRelu(x, 0.1)],
    ['relu', { threshold: 1 }, (x) => tf.mul(x, tf.cast(tf.greater(x, 1), 'float32'))],
    [
      'relu',
      { threshold: 1, negativeSlope: 0.5, maxValue: 4 },
      (x) => tf.where(tf.greater(x, 1), tf.minimum(x, 4), tf.mul(tf.sub(x, 1), 0.5)),
    ],
    ['LeakyRelu', { alpha: 0.3 }, (x) => tf.leakyRelu(x, 0.3)],
    ['elu', {}, tf.elu],
    ['selu', {}, tf.selu],
    ['sigmoid', {}, tf.sigmoid],
    ['hard_sigmoid', {}, (x) => tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1)],
    ['hard_sigmoid', { kerasVersion: 3 }, (x) => tf.div(tf.relu6(tf.add(x, 3)), 6)],
    ['hard_swish', {}, (x) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6))],
    ['softplus', {}, tf.softplus],
    ['softsign', {}, (x) => tf.div(x, tf.add(tf.abs(x), 1))],
    ['swish', {}, (x) => tf.mul(x, tf.sigmoid(x))],
    ['gelu', {}, (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1))],
    [
      'gelu',
      { approximate: true },
      (x) =>
        tf.mul(
          tf.mul(x, 0.5),
          tf.add(tf.tanh(tf.mul(tf.add(x, tf.mul(tf.pow(x, 3), 0.044715)), Math.sqrt(2 / Math.PI))), 1),
        ),
    ],
    ['tanh', {}, tf.tanh],
    ['softmax', {}, (x) => tf.softmax(x)],
    ['softmax', { axis: 1 }, (x) => tf.transpose(tf.softmax(tf.transpose(x, [0, 2, 1])), [0, 2, 1])],
    ['LogSoftmax', {}, (x) => tf.logSoftmax(x)],
    ['mish', {}, (x) => tf.mul(x, tf.tanh(tf.softplus(x)))],
    ['exponential', {}, tf.exp],
    ['linear', {}, (x) => tf.clone(x)],
  ];
  it.each(cases)('%s %o', async (name, options, theirs) => {
    const ours = await runEmitted(wide, (b, x) => activation(b, name, x, options)!);
    expect(difference(ours, theirs(toTf(wide)))).toBeLessThan(name === 'exponential' ? 1e-3 : 1e-5);
  });

  it('does not know another name', async () => {
    await expect(
      runEmitted(wide, (b, x) => {
        expect(activation(b, 'sinc', x)).toBeUndefined();
        return x;
      }),
    ).resolves.toBeDefined();
  });
});

describe('normalization', () => {
  it.each([[[3, 4, 5, 2]], [[3, 4, 2]], [[3, 2]]])('of batches, on [%s]', async (dims) => {
    const x = noise(dims);
    const [scale, offset, mean] = [noise([2], 2), noise([2], 3), noise([2], 4)];
    const variance = { ...mean, data: Float32Array.of(0.5, 1.5) };
    const ours = await runEmitted(x, (b, v) =>
      batchNorm(b, v, { scale, offset, mean, variance, epsilon: 1e-3 }),
    );
    const theirs = tf.batchNorm(
      toTf(x) as tf.Tensor4D,
      toTf(mean) as tf.Tensor1D,
      toTf(variance) as tf.Tensor1D,
      toTf(offset) as tf.Tensor1D,
      toTf(scale) as tf.Tensor1D,
      1e-3,
    );
    expect(difference(ours, theirs)).toBeLessThan(1e-5);
  });

  it.each([[[-1]], [[1]], [[1, 3]]])('within an example, over axes %j', async (axes) => {
    const x = noise([2, 4, 5, 3]);
    const sizes = axes.map((a) => x.dims.at(a)!);
    const [scale, offset] = [noise(sizes, 2), noise(sizes, 3)];
    const ours = await runEmitted(x, (b, v) => layerNorm(b, v, { scale, offset, epsilon: 1e-3, axes }));
    const { mean, variance } = tf.moments(toTf(x), axes, true);
    const shape = x.dims.map((d, i) => (axes.includes(i) || axes.includes(i - 4) ? d : 1));
    const normal = tf.div(tf.sub(toTf(x), mean), tf.sqrt(tf.add(variance, 1e-3)));
    const theirs = tf.add(tf.mul(normal, tf.reshape(toTf(scale), shape)), tf.reshape(toTf(offset), shape));
    expect(difference(ours, theirs)).toBeLessThan(1e-5);
  });
});

describe('movement', () => {
  it('blocks of pixels to channels and back', async () => {
    const x = noise([2, 4, 6, 12]);
    const apart = await runEmitted(x, (b, v) => depthToSpace(b, v, 2), ['batch', 4, 6, 12]);
    expect(difference(apart, tf.depthToSpace(toTf(x) as tf.Tensor4D, 2))).toBe(0);
    const back = await runEmitted(apart, (b, v) => spaceToDepth(b, v, 2));
    expect(difference(back, toTf(x))).toBe(0);
  });

  it('cropping', async () => {
    const x = noise([2, 5, 6, 3]);
    const ours = await runEmitted(x, (b, v) =>
      crop(b, v, [
        [0, 0],
        [1, 2],
        [0, 3],
        [0, 0],
      ]),
    );
    expect(difference(ours, tf.slice(toTf(x), [0, 1, 0, 0], [2, 2, 3, 3]))).toBe(0);
  });

  it('transposes constants', () => {
    const x = noise([2, 3, 4, 5]);
    for (const perm of [
      [3, 2, 0, 1],
      [0, 2, 1, 3],
      [1, 0, 3, 2],
    ])
      expect(difference(transposeTensor(x, perm), tf.transpose(toTf(x), perm))).toBe(0);
  });
});
