/** Whole models built in tfjs-layers: nested, shared, with several inputs and outputs. */
import { describe, expect, it } from 'vitest';
import { layersModelGraph } from '../../../../adapters/tfjs/layers-model/index.ts';
import { artifactsOf, parity, randomize, tfl } from './against-layers.ts';

const { layers } = tfl;
type Symbolic = tfl.SymbolicTensor;

function convolutional(name: string): tfl.Sequential {
  return tfl.sequential({
    name,
    layers: [
      layers.conv2d({
        inputShape: [8, 8, 3],
        filters: 4,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        name: 'conv',
      }),
      layers.batchNormalization({ name: 'bn' }),
      layers.reLU({ maxValue: 6, name: 'relu' }),
      layers.globalAveragePooling2d({ name: 'pool' }),
    ],
  });
}

function onTop(base: tfl.LayersModel, name: string): tfl.Sequential {
  return tfl.sequential({ layers: [base, layers.dense({ units: 3, activation: 'softmax', name })] });
}

/** The same inner model called on two images, then both joined. */
function siamese(inner: tfl.LayersModel): tfl.LayersModel {
  const inputs = [
    tfl.input({ shape: [8, 8, 3], name: 'left' }),
    tfl.input({ shape: [8, 8, 3], name: 'right' }),
  ];
  const joined = layers.concatenate({ name: 'join' }).apply(inputs.map((x) => inner.apply(x) as Symbolic));
  return tfl.model({
    inputs,
    outputs: layers.dense({ units: 2, name: 'out' }).apply(joined as Symbolic) as Symbolic,
  });
}

function twoHeads(): tfl.LayersModel {
  const input = tfl.input({ shape: [5], name: 'vector' });
  const hidden = layers.dense({ units: 4, activation: 'tanh', name: 'hidden' });
  const again = layers.dense({ units: 5, name: 'again' });
  const once = hidden.apply(input) as Symbolic;
  const twice = hidden.apply(again.apply(once)) as Symbolic;
  const outputs = [
    layers.dense({ units: 3, name: 'first' }).apply(twice) as Symbolic,
    layers.add({ name: 'second' }).apply([once, twice]) as Symbolic,
  ];
  return tfl.model({ inputs: input, outputs });
}

describe('models are as in tfjs-layers', () => {
  it('Sequential', async () => {
    expect(await parity(convolutional('plain'))).toBeLessThan(1e-4);
  });

  it('nested in a Sequential, twice', async () => {
    expect(await parity(onTop(onTop(convolutional('inner'), 'logits'), 'probs'))).toBeLessThan(1e-4);
  });

  it('nested and shared, with two inputs', async () => {
    expect(await parity(siamese(convolutional('tower')))).toBeLessThan(1e-4);
  });

  it('a layer called twice, and two outputs', async () => {
    expect(await parity(twoHeads())).toBeLessThan(1e-4);
  });

  it('a model that ends in a nested one', async () => {
    const input = tfl.input({ shape: [8, 8, 3] });
    const padded = layers.conv2d({ filters: 3, kernelSize: 1 }).apply(input);
    const outputs = convolutional('tail').apply(padded as Symbolic) as Symbolic;
    expect(await parity(tfl.model({ inputs: input, outputs }))).toBeLessThan(1e-4);
  });

  it('images of any size', async () => {
    const input = tfl.input({ shape: [null, null, 3] });
    const conv = layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }).apply(input);
    const pooled = layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }).apply(conv as Symbolic);
    const outputs = layers.globalMaxPooling2d({}).apply(pooled as Symbolic) as Symbolic;
    expect(await parity(tfl.model({ inputs: input, outputs }))).toBeLessThan(1e-4);
  });
});

describe('names', () => {
  it('are those of the layers, behind the nested model’s, and of the weights', async () => {
    const graph = layersModelGraph(await artifactsOf(randomize(siamese(convolutional('tower')))));
    expect(graph.inputs).toEqual([
      { name: 'left', dtype: 'float32', shape: ['batch', 8, 8, 3] },
      { name: 'right', dtype: 'float32', shape: ['batch', 8, 8, 3] },
    ]);
    expect(graph.outputs).toEqual([{ name: 'out', dtype: 'float32', shape: ['batch', 2] }]);
    const values = graph.nodes.flatMap((node) => node.outputs);
    expect(values).toEqual(
      expect.arrayContaining([
        'tower/conv',
        'tower/relu',
        'tower/pool',
        'tower:1/conv',
        'tower:1/pool',
        'join',
        'out',
      ]),
    );
    // One of each, though the inner model is called twice.
    expect([...graph.constants.keys()].filter((name) => name.includes('conv'))).toEqual([
      'tower/conv/kernel',
      'tower/conv/bias',
    ]);
  });

  it('of outputs are the output layers’', async () => {
    const graph = layersModelGraph(await artifactsOf(randomize(twoHeads())));
    expect(graph.inputs.map((i) => i.name)).toEqual(['vector']);
    expect(graph.outputs.map((o) => o.name)).toEqual(['first', 'second']);
  });

  it('of layers like those of ops do not clash', async () => {
    const model = tfl.sequential({
      layers: [
        layers.conv2d({ inputShape: [4, 4, 1], filters: 2, kernelSize: 2, name: 'Transpose' }),
        layers.conv2d({ filters: 2, kernelSize: 2, name: 'Conv' }),
        layers.flatten({ name: 'Conv_1' }),
      ],
    });
    expect(await parity(model)).toBeLessThan(1e-4);
  });
});

describe('what is missing', () => {
  const broken = async (): Promise<Awaited<ReturnType<typeof artifactsOf>>> =>
    artifactsOf(randomize(convolutional('plain')));

  it('weight', async () => {
    const artifacts = await broken();
    const weights = new Map(artifacts.weights);
    weights.delete('conv/bias');
    expect(() => layersModelGraph({ ...artifacts, weights })).toThrow(
      'the weights have no "conv/bias" for the Conv2D layer "conv"; of that layer they have conv/kernel',
    );
  });

  it('class of layer, unless a translation is given', async () => {
    const artifacts = await broken();
    const topology = JSON.parse(JSON.stringify(artifacts.topology).replace('"ReLU"', '"Swoosh"'));
    const given = { ...artifacts, topology };
    expect(() => layersModelGraph(given)).toThrow(
      expect.objectContaining({
        message: 'layer "relu" is of class Swoosh, which has no translation',
        hint: expect.stringContaining('Swoosh'),
      }),
    );
    const graph = layersModelGraph(given, {
      Swoosh: (call) => call.builder.op('Softsign', [call.x]),
    });
    expect(graph.nodes.find((node) => node.outputs[0] === 'relu')?.op).toBe('Softsign');
  });

  it('activation', async () => {
    const model = tfl.sequential({
      layers: [layers.dense({ inputShape: [2], units: 2, activation: 'tanh', name: 'd' })],
    });
    const artifacts = await artifactsOf(randomize(model));
    const topology = JSON.parse(JSON.stringify(artifacts.topology).replace('"tanh"', '"sinc"'));
    expect(() => layersModelGraph({ ...artifacts, topology })).toThrow(
      'layer "d" of class Dense: activation "sinc" has no translation',
    );
  });

  it('layers that are referred to', async () => {
    const artifacts = await artifactsOf(randomize(twoHeads()));
    const topology = JSON.parse(
      JSON.stringify(artifacts.topology).replaceAll('[["again",0,0', '[["gone",0,0'),
    );
    expect(() => layersModelGraph({ ...artifacts, topology })).toThrow('has no layer "gone"');
  });

  it('list of layers', () => {
    expect(() => layersModelGraph({ ...EMPTY, topology: { class_name: 'Subclassed', config: {} } })).toThrow(
      'a layers-model of class "Subclassed" has no list of layers',
    );
  });
});

const EMPTY = {
  kind: 'layers-model',
  weights: new Map(),
  signature: undefined,
  metadata: {},
  producer: undefined,
  files: [],
} as const;
