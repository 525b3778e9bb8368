/** Every layer alone, built in tfjs-layers with noise for weights, against its translation. */
import { describe, expect, it } from 'vitest';
import { parity, tfl } from './against-layers.ts';

const { layers } = tfl;
type Layer = tfl.layers.Layer;

const IMAGE = [7, 6, 4];
const STEPS = [8, 3];

function single(layer: Layer, shape: readonly (number | null)[]): tfl.LayersModel {
  const input = tfl.input({ shape: [...shape] });
  return tfl.model({ inputs: input, outputs: layer.apply(input) as tfl.SymbolicTensor });
}

const act = (activation: string): Layer => layers.activation({ activation: activation as 'relu' });

const IMAGES: Readonly<Record<string, () => Layer>> = {
  'conv2d, same, strides': () =>
    layers.conv2d({ filters: 5, kernelSize: [3, 2], strides: [2, 3], padding: 'same', activation: 'relu' }),
  'conv2d, valid, dilated, no bias': () =>
    layers.conv2d({ filters: 5, kernelSize: 2, dilationRate: [2, 2], useBias: false }),
  depthwiseConv2d: () =>
    layers.depthwiseConv2d({
      kernelSize: 3,
      depthMultiplier: 2,
      strides: 2,
      padding: 'same',
      activation: 'relu6',
    }),
  separableConv2d: () =>
    layers.separableConv2d({
      filters: 6,
      kernelSize: 3,
      depthMultiplier: 2,
      padding: 'same',
      strides: 2,
      activation: 'elu',
    }),
  'conv2dTranspose, same': () =>
    layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'tanh' }),
  'conv2dTranspose, valid': () => layers.conv2dTranspose({ filters: 3, kernelSize: [2, 4], strides: [3, 2] }),
  batchNormalization: () => layers.batchNormalization({ epsilon: 1e-2 }),
  'batchNormalization without scale': () => layers.batchNormalization({ scale: false }),
  'batchNormalization without center': () => layers.batchNormalization({ center: false }),
  layerNormalization: () => layers.layerNormalization({}),
  'layerNormalization over two axes, without scale': () =>
    layers.layerNormalization({ axis: [2, 3], scale: false }),
  maxPooling2d: () => layers.maxPooling2d({ poolSize: [3, 2], strides: [2, 2], padding: 'same' }),
  averagePooling2d: () => layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
  'averagePooling2d, valid, own strides': () => layers.averagePooling2d({ poolSize: [2, 3] }),
  globalAveragePooling2d: () => layers.globalAveragePooling2d({}),
  globalMaxPooling2d: () => layers.globalMaxPooling2d({}),
  'zeroPadding2d, one number': () => layers.zeroPadding2d({ padding: 2 }),
  'zeroPadding2d, pairs': () =>
    layers.zeroPadding2d({
      padding: [
        [0, 1],
        [2, 0],
      ],
    }),
  cropping2D: () =>
    layers.cropping2D({
      cropping: [
        [1, 2],
        [0, 3],
      ],
    }),
  upSampling2d: () => layers.upSampling2d({ size: [2, 3] }),
  'upSampling2d, bilinear': () => layers.upSampling2d({ size: [2, 3], interpolation: 'bilinear' }),
  flatten: () => layers.flatten(),
  'reshape with a rest': () => layers.reshape({ targetShape: [3, -1, 4] }),
  permute: () => layers.permute({ dims: [3, 1, 2] }),
  'spatialDropout and kin': () => layers.alphaDropout({ rate: 0.5 }),
  gaussianNoise: () => layers.gaussianNoise({ stddev: 1 }),
  gaussianDropout: () => layers.gaussianDropout({ rate: 0.5 }),
  dropout: () => layers.dropout({ rate: 0.5 }),
  prelu: () => layers.prelu({}),
  'prelu, shared over space': () => layers.prelu({ sharedAxes: [1, 2] }),
  rescaling: () => layers.rescaling({ scale: 1 / 127.5, offset: -1 }),
  centerCrop: () => layers.centerCrop({ height: 4, width: 3 }),
  'centerCrop of what is too small': () => layers.centerCrop({ height: 9, width: 8 }),
  'conv2d, channels first': () =>
    layers.conv2d({ filters: 3, kernelSize: 2, strides: 2, padding: 'same', dataFormat: 'channelsFirst' }),
  'maxPooling2d, channels first': () => layers.maxPooling2d({ poolSize: 2, dataFormat: 'channelsFirst' }),
  'flatten, channels first': () => layers.flatten({ dataFormat: 'channelsFirst' }),
  'globalAveragePooling2d, channels first': () =>
    layers.globalAveragePooling2d({ dataFormat: 'channelsFirst' }),
};

const SEQUENCES: Readonly<Record<string, () => Layer>> = {
  conv1d: () => layers.conv1d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
  'dense on steps': () => layers.dense({ units: 5, activation: 'softmax' }),
  maxPooling1d: () => layers.maxPooling1d({ poolSize: 3, strides: 2, padding: 'same' }),
  averagePooling1d: () => layers.averagePooling1d({ poolSize: 2 }),
  globalAveragePooling1d: () => layers.globalAveragePooling1d({}),
  globalMaxPooling1d: () => layers.globalMaxPooling1d({}),
  batchNormalization: () => layers.batchNormalization({}),
  spatialDropout1d: () => layers.spatialDropout1d({ rate: 0.5 }),
};

const VECTORS: Readonly<Record<string, () => Layer>> = {
  dense: () => layers.dense({ units: 5, activation: 'sigmoid' }),
  'dense without bias': () => layers.dense({ units: 5, useBias: false }),
  batchNormalization: () => layers.batchNormalization({}),
  repeatVector: () => layers.repeatVector({ n: 3 }),
  softmax: () => layers.softmax({ axis: -1 }),
  reLU: () => layers.reLU({}),
  'reLU, bounded': () => layers.reLU({ maxValue: 0.5 }),
  leakyReLU: () => layers.leakyReLU({ alpha: 0.1 }),
  elu: () => layers.elu({ alpha: 1 }),
  thresholdedReLU: () => layers.thresholdedReLU({ theta: 0.2 }),
  ...Object.fromEntries(
    [
      'elu',
      'hardSigmoid',
      'linear',
      'relu',
      'relu6',
      'selu',
      'sigmoid',
      'softmax',
      'logSoftmax',
      'softplus',
      'softsign',
      'tanh',
      'swish',
      'mish',
      'gelu',
      'gelu_new',
    ].map((name) => [`activation ${name}`, () => act(name)]),
  ),
};

describe('a layer alone is as in tfjs-layers', () => {
  it.each(Object.keys(IMAGES))('on images: %s', async (name) => {
    expect(await parity(single(IMAGES[name]!(), IMAGE))).toBeLessThan(1e-4);
  });

  it.each(Object.keys(SEQUENCES))('on sequences: %s', async (name) => {
    expect(await parity(single(SEQUENCES[name]!(), STEPS))).toBeLessThan(1e-4);
  });

  it.each(Object.keys(VECTORS))('on vectors: %s', async (name) => {
    expect(await parity(single(VECTORS[name]!(), [6]))).toBeLessThan(1e-4);
  });
});

type Merge = (inputs: tfl.SymbolicTensor[]) => tfl.SymbolicTensor;
const through =
  (layer: Layer): Merge =>
  (inputs) =>
    layer.apply(inputs) as tfl.SymbolicTensor;

describe('a layer of several inputs is as in tfjs-layers', () => {
  const cases: readonly (readonly [string, Merge, readonly number[][]])[] = [
    ['add', through(layers.add()), [IMAGE, IMAGE, IMAGE]],
    ['add of fewer axes', through(layers.add()), [[5, 3], [3]]],
    ['multiply', through(layers.multiply()), [IMAGE, IMAGE]],
    ['average', through(layers.average()), [IMAGE, IMAGE, IMAGE]],
    ['maximum', through(layers.maximum()), [IMAGE, IMAGE]],
    ['minimum', through(layers.minimum()), [IMAGE, IMAGE, IMAGE]],
    [
      'concatenate',
      through(layers.concatenate()),
      [
        [5, 4, 2],
        [5, 4, 3],
      ],
    ],
    [
      'concatenate of rows',
      through(layers.concatenate({ axis: 1 })),
      [
        [2, 4, 3],
        [5, 4, 3],
      ],
    ],
    ['dot of vectors', through(layers.dot({ axes: 1 })), [[5], [5]]],
    ['dot of vectors, normalized', through(layers.dot({ axes: -1, normalize: true })), [[5], [5]]],
    [
      'dot of matrices',
      through(layers.dot({ axes: [2, 1] })),
      [
        [4, 5],
        [5, 3],
      ],
    ],
    [
      'dot of matrices along the first axes',
      through(layers.dot({ axes: [1, 2] })),
      [
        [5, 4],
        [3, 5],
      ],
    ],
  ];
  it.each(cases)('%s', async (_name, merge, shapes) => {
    const inputs = shapes.map((shape) => tfl.input({ shape }));
    expect(await parity(tfl.model({ inputs, outputs: merge(inputs) }))).toBeLessThan(1e-4);
  });
});
