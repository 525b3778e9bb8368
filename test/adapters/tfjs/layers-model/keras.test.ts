/**
 * Configurations as Keras 2 and Keras 3 write them, and stock tfjs-layers mostly cannot read: written by hand, compared
 * with the same computation in TensorFlow.js' own functions.
 */
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../../../core/graph/index.ts';
import { difference, noise, tf } from './against-layers.ts';
import { asTf, type Config, keras3, run } from './keras-config.ts';

function tensor3(layer: string, node = 0): Config {
  return {
    class_name: '__keras_tensor__',
    config: { shape: [null, 4], dtype: 'float32', keras_history: [layer, node, 0] },
  };
}

const call3 = (...args: readonly unknown[]): Config => ({ args, kwargs: {} });

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
