/**
 * Configurations as Keras 2 and Keras 3 write them, and stock tfjs-layers mostly cannot read: written by hand, compared
 * with the same computation in TensorFlow.js' own functions.
 */
import { describe, expect, it } from 'vitest';
import { layersModelGraph } from '../../../../adapters/tfjs/layers-model/index.ts';
import type { Tensor } from '../../../../core/graph/index.ts';
import { artifactsFrom, difference, feedsFor, noise, runGraph, tf } from './against-layers.ts';

type Config = Record<string, unknown>;

/** An object as Keras 3 serializes it. */
function keras3(className: string, config: Config, inbound?: readonly unknown[]): Config {
  return {
    module: 'keras.layers',
    class_name: className,
    config: {
      trainable: true,
      dtype: {
        module: 'keras',
        class_name: 'DTypePolicy',
        config: { name: 'float32' },
        registered_name: null,
      },
      ...config,
    },
    registered_name: null,
    ...(config.name === undefined ? {} : { name: config.name }),
    ...(inbound === undefined ? {} : { inbound_nodes: inbound }),
  };
}

function tensor3(layer: string, node = 0): Config {
  return {
    class_name: '__keras_tensor__',
    config: { shape: [null, 4], dtype: 'float32', keras_history: [layer, node, 0] },
  };
}

const call3 = (...args: readonly unknown[]): Config => ({ args, kwargs: {} });

const topology = (model: Config, version = '3.4.1'): Config => ({
  keras_version: version,
  backend: 'tensorflow',
  model_config: model,
});

async function run(
  model: Config,
  weights: Readonly<Record<string, Tensor>>,
  version?: string,
): Promise<{
  readonly ours: Tensor[];
  readonly x: tf.Tensor;
}> {
  const graph = layersModelGraph(artifactsFrom(topology(model, version), new Map(Object.entries(weights))));
  const feeds = feedsFor(graph);
  const [first] = Object.values(feeds) as [Tensor];
  return { ours: await runGraph(graph, feeds), x: asTf(first) };
}

const asTf = (t: Tensor): tf.Tensor => tf.tensor(t.data as Float32Array, [...t.dims]);

const W = {
  kernel: noise([4, 4], 11),
  bias: noise([4], 12),
  kernel2: noise([4, 3], 13),
  bias2: noise([3], 14),
};
const denseOf = (x: tf.Tensor, kernel: Tensor, bias: Tensor): tf.Tensor =>
  tf.add(tf.matMul(x as tf.Tensor2D, asTf(kernel) as tf.Tensor2D), asTf(bias));

describe('Keras 3', () => {
  const layers = (prefix: string): { model: Config; weights: Record<string, Tensor> } => ({
    model: keras3('Sequential', {
      name: 'sequential',
      layers: [
        keras3('InputLayer', { batch_shape: [null, 4], name: 'image', ragged: false }),
        keras3('Dense', { name: 'dense', units: 4, activation: 'hard_sigmoid', use_bias: true }),
        keras3('Dropout', { name: 'dropout', rate: 0.5, seed: null }),
        keras3('Dense', {
          name: 'dense_1',
          units: 3,
          use_bias: true,
          activation: {
            module: 'builtins',
            class_name: 'function',
            config: 'softmax',
            registered_name: 'function',
          },
        }),
      ],
      build_input_shape: [null, 4],
    }),
    weights: {
      [`${prefix}dense/kernel`]: W.kernel,
      [`${prefix}dense/bias`]: W.bias,
      [`${prefix}dense_1/kernel`]: W.kernel2,
      [`${prefix}dense_1/bias`]: W.bias2,
    },
  });
  const hardSigmoid3 = (x: tf.Tensor): tf.Tensor => tf.div(tf.relu6(tf.add(x, 3)), 6);

  it.each(['', 'sequential/', 'anything/else/'])(
    'Sequential, weights at "%sdense/kernel"',
    async (prefix) => {
      const { model, weights } = layers(prefix);
      const { ours, x } = await run(model, weights);
      const hidden = hardSigmoid3(denseOf(x, W.kernel, W.bias));
      expect(difference(ours, [tf.softmax(denseOf(hidden, W.kernel2, W.bias2))])).toBeLessThan(1e-5);
    },
  );

  it('weights by number', async () => {
    const { model } = layers('');
    const { ours, x } = await run(model, {
      '_layers/dense/vars/0': W.kernel,
      '_layers/dense/vars/1': W.bias,
      'dense_1/0': W.kernel2,
      'dense_1/1': W.bias2,
    });
    const hidden = hardSigmoid3(denseOf(x, W.kernel, W.bias));
    expect(difference(ours, [tf.softmax(denseOf(hidden, W.kernel2, W.bias2))])).toBeLessThan(1e-5);
  });

  it('a Sequential without input layer', async () => {
    const { weights } = layers('');
    const model = keras3('Sequential', {
      name: 's',
      layers: [keras3('Dense', { name: 'dense', units: 4, activation: 'linear' })],
      build_input_shape: [null, 4],
    });
    const { ours, x } = await run(model, weights);
    expect(difference(ours, [denseOf(x, W.kernel, W.bias)])).toBeLessThan(1e-5);
  });

  it('functional, with operators on values and a layer called twice', async () => {
    const model = keras3('Functional', {
      name: 'functional',
      layers: [
        keras3('InputLayer', { batch_shape: [null, 4], name: 'x' }, []),
        keras3('Dense', { name: 'dense', units: 4, activation: 'tanh' }, [
          call3(tensor3('x')),
          call3(tensor3('dense')),
        ]),
        {
          module: 'keras.src.ops.numpy',
          class_name: 'Multiply',
          config: { name: 'multiply' },
          registered_name: 'Multiply',
          name: 'multiply',
          inbound_nodes: [call3(tensor3('dense', 1), 2.5)],
        },
        {
          module: 'keras.src.ops.numpy',
          class_name: 'Subtract',
          config: { name: 'subtract' },
          registered_name: 'Subtract',
          name: 'subtract',
          inbound_nodes: [call3(1, tensor3('multiply'))],
        },
        keras3('Add', { name: 'add' }, [call3([tensor3('subtract'), tensor3('dense'), tensor3('x')])]),
      ],
      input_layers: ['x', 0, 0],
      output_layers: [
        ['add', 0, 0],
        ['subtract', 0, 0],
      ],
    });
    const { ours, x } = await run(model, { 'dense/kernel': W.kernel, 'dense/bias': W.bias });
    const once = tf.tanh(denseOf(x, W.kernel, W.bias));
    const twice = tf.tanh(denseOf(once, W.kernel, W.bias));
    const subtracted = tf.sub(1, tf.mul(twice, 2.5));
    expect(difference(ours, [tf.add(tf.add(subtracted, once), x), subtracted])).toBeLessThan(1e-5);
  });

  it('nested in each other, weights under the path of the models', async () => {
    const inner = keras3('Functional', {
      name: 'inner',
      layers: [
        keras3('InputLayer', { batch_shape: [null, 4], name: 'inner_in' }, []),
        keras3('Dense', { name: 'dense', units: 4, activation: 'relu' }, [call3(tensor3('inner_in'))]),
      ],
      input_layers: [['inner_in', 0, 0]],
      output_layers: [['dense', 0, 0]],
    });
    const model = keras3('Functional', {
      name: 'outer',
      layers: [
        keras3('InputLayer', { batch_shape: [null, 4], name: 'in' }, []),
        keras3('Dense', { name: 'dense', units: 4, activation: 'tanh' }, [call3(tensor3('in'))]),
        { ...inner, name: 'inner', inbound_nodes: [call3(tensor3('dense'))] },
      ],
      input_layers: [['in', 0, 0]],
      output_layers: [['inner', 1, 0]],
    });
    const [kernel, bias] = [noise([4, 4], 21), noise([4], 22)];
    const { ours, x } = await run(model, {
      'inner/dense/kernel': kernel,
      'inner/dense/bias': bias,
      'dense/kernel': W.kernel,
      'dense/bias': W.bias,
    });
    const expected = tf.relu(denseOf(tf.tanh(denseOf(x, W.kernel, W.bias)), kernel, bias));
    expect(difference(ours, [expected])).toBeLessThan(1e-5);
  });

  it('slopes of LeakyReLU and ReLU', async () => {
    const model = keras3('Sequential', {
      name: 's',
      layers: [
        keras3('InputLayer', { batch_shape: [null, 4], name: 'x' }),
        keras3('LeakyReLU', { name: 'leaky', negative_slope: 0.4 }),
        keras3('ReLU', { name: 'relu', max_value: 0.7, negative_slope: 0.5, threshold: 0.1 }),
      ],
    });
    const { ours, x } = await run(model, {});
    const leaky = tf.leakyRelu(x, 0.4);
    const below = tf.mul(tf.sub(leaky, 0.1), 0.5);
    const expected = tf.where(tf.greater(leaky, 0.1), tf.minimum(leaky, 0.7), below);
    expect(difference(ours, [expected])).toBeLessThan(1e-5);
  });
});

describe('Keras 2', () => {
  it('a Sequential that is a plain list, with hard_sigmoid of Keras 2', async () => {
    const model = {
      class_name: 'Sequential',
      config: [
        {
          class_name: 'Dense',
          config: {
            name: 'dense',
            batch_input_shape: [null, 4],
            units: 4,
            activation: 'hard_sigmoid',
            dtype: 'float32',
          },
        },
      ],
    };
    const { ours, x } = await run(model, { 'dense/kernel': W.kernel, 'dense/bias': W.bias }, '2.2.4');
    const linear = denseOf(x, W.kernel, W.bias);
    expect(difference(ours, [tf.clipByValue(tf.add(tf.mul(linear, 0.2), 0.5), 0, 1)])).toBeLessThan(1e-5);
  });

  it('operators on values', async () => {
    const operator = (name: string, fn: string, inbound: readonly unknown[]): Config => ({
      class_name: 'TFOpLambda',
      name,
      config: { name, trainable: true, dtype: 'float32', function: fn },
      inbound_nodes: [inbound],
    });
    const model = {
      class_name: 'Functional',
      config: {
        name: 'm',
        layers: [
          {
            class_name: 'InputLayer',
            name: 'x',
            config: { batch_input_shape: [null, 4], name: 'x', dtype: 'float32' },
            inbound_nodes: [],
          },
          operator('plus', '__operators__.add', ['x', 0, 0, { y: 3, name: null }]),
          operator('times', 'math.multiply', ['plus', 0, 0, { y: ['x', 0, 0], name: null }]),
        ],
        input_layers: [['x', 0, 0]],
        output_layers: [['times', 0, 0]],
      },
    };
    const { ours, x } = await run(model, {}, '2.15.0');
    expect(difference(ours, [tf.mul(tf.add(x, 3), x)])).toBeLessThan(1e-5);
  });
});

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
