import { describe, expect, it } from 'vitest';
import { preprocessFor } from '../../../core/cli/arguments/preprocess.ts';
import { preprocessLine } from '../../../core/cli/output/describe.ts';
import { parsePreprocess } from '../../../core/data/index.ts';
import { float32, Graph, GraphBuilder, ints, type Value } from '../../../core/graph/index.ts';
import { loadModel, type Model } from '../../../core/index.ts';
import { encodeGraph } from '../../../core/onnx/index.ts';
import { resolvePreprocess } from '../../../core/wrap/preprocess/resolve.ts';

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

interface Parts {
  readonly b: GraphBuilder;
  /** One number for all channels. */
  one(value: number): Value;
  /** One for each. */
  three(values: readonly number[]): Value;
}

/** Five scores of what `begin` makes of the image. */
function modelOf(
  begin: (parts: Parts, image: Value) => Value,
  dtype: 'float32' | 'uint8' = 'float32',
): Promise<Model> {
  const graph = new Graph();
  graph.opsets.set('', 17);
  const b = new GraphBuilder(graph);
  const image = b.input('image', dtype, ['N', 3, 'height', 'width']);
  const three = (values: readonly number[]): Value =>
    b.constant(float32(Float32Array.from(values), [1, 3, 1, 1]));
  const seen = begin({ b, one: (value) => b.scalar(value, { dtype: 'float32' }), three }, image);
  const weight = b.weight('w', float32(new Float32Array(15).fill(0.1), [5, 3, 1, 1]));
  const map = b.relu(b.op('Conv', [seen, weight], { kernel_shape: ints([1, 1]) }));
  const head = b.weight('head', float32(new Float32Array(25).fill(0.1), [5, 5]));
  b.output(b.op('Gemm', [b.reduceMean(map, [2, 3]), head]), 'scores');
  return loadModel(encodeGraph(graph));
}

const normalised = ({ b, one, three }: Parts, image: Value): Value => {
  const unit = b.div(b.cast(image, 'float32'), one(255));
  return b.div(b.sub(unit, three(IMAGENET.mean)), three(IMAGENET.std));
};

describe('an input of uint8', () => {
  const model = modelOf(normalised, 'uint8');
  const RAW = { scale: 1, mean: [0, 0, 0], std: [1, 1, 1] };

  it('gets pixels as they are, and that is told', async () => {
    const resolved = resolvePreprocess(await model);
    expect(resolved).toMatchObject({ preprocess: RAW, origin: 'input' });
    expect(preprocessLine(resolved)).toContain('value = x (pixels as they are, because the input is uint8)');
  });

  it('keeps them where the user says something else', async () => {
    const preprocess = await preprocessFor(await model, 'size=64x48,channels=BGR,resize=stretch');
    const told = resolvePreprocess(await model, preprocess);
    expect(told).toMatchObject({ preprocess: { ...RAW, width: 64, channels: 'BGR' }, origin: 'option' });
    const inverted = await preprocessFor(await model, 'scale=-1,mean=-255');
    expect(resolvePreprocess(await model, inverted).origin).toBe('option');
  });

  it.each(['imagenet', 'unit', 'signed', 'caffe', 'std=2', 'mean=1'])('refuses %s', async (text) => {
    const loaded = await model;
    const wish = await preprocessFor(loaded, text);
    expect(() => resolvePreprocess(loaded, wish)).toThrow('input "image" is uint8 and takes whole numbers');
    expect(() => resolvePreprocess(loaded, wish)).toThrow(
      expect.objectContaining({ code: 'usage', hint: expect.stringContaining('"raw"') }),
    );
  });

  it('takes of an adapter what it can hold', async () => {
    const loaded = await model;
    const preprocess = parsePreprocess('imagenet,resizeTo=300', resolvePreprocess(loaded).preprocess);
    const resolved = resolvePreprocess({ ...loaded, preprocess, preprocessBy: 'vit' });
    expect(resolved).toEqual({ preprocess: { ...preprocess, ...RAW }, origin: 'input' });
  });
});

describe('a graph that normalises the image itself', () => {
  const GRAPHS: Readonly<Record<string, readonly [number, (parts: Parts, image: Value) => Value]>> = {
    'by 255, mean and deviation': [1, normalised],
    'by 127.5 and 1': [1, ({ b, one }, x) => b.sub(b.div(x, one(127.5)), one(1))],
    'by 1 / 255, after it turned the colours round': [
      1,
      ({ b, one }, x) => b.mul(one(1 / 255), b.gather(x, b.integers([2, 1, 0]), 1)),
    ],
    'by a mean of bytes': [1, ({ b, three }, x) => b.sub(x, three([103.9, 116.8, 123.7]))],
    'by a mean and a deviation of 0..1': [
      1 / 255,
      ({ b, three }, x) => b.div(b.sub(x, three(IMAGENET.mean)), three(IMAGENET.std)),
    ],
    'to -1..1, of 0..1': [1 / 255, ({ b, one }, x) => b.sub(b.mul(x, one(2)), one(1))],
  };

  it.each(Object.entries(GRAPHS))('%s gets what it takes', async (_, [scale, begin]) => {
    const resolved = resolvePreprocess(await modelOf(begin));
    expect(resolved).toMatchObject({
      preprocess: { scale, mean: [0, 0, 0], std: [1, 1, 1] },
      origin: 'graph',
    });
    expect(preprocessLine(resolved)).toContain('because the graph itself normalises the image');
  });

  const OTHERS: Readonly<Record<string, (parts: Parts, image: Value) => Value>> = {
    nothing: (_, x) => x,
    'from -1..1 to 0..255': ({ b, one }, x) => b.mul(b.add(x, one(1)), one(127.5)),
    "ImageNet's statistics to -1..1 by channel, as torchvision's Inception": ({ b, one }, x) => {
      const channels = IMAGENET.mean.map((mean, i) => {
        const channel = b.gather(x, b.integers([i]), 1);
        return b.add(b.mul(channel, one(IMAGENET.std[i]! / 0.5)), one((mean - 0.5) / 0.5));
      });
      return b.concat(channels, 1);
    },
  };

  it.each(Object.entries(OTHERS))('is none where it does %s', async (_, begin) => {
    expect(resolvePreprocess(await modelOf(begin))).toMatchObject({
      preprocess: IMAGENET,
      origin: 'assumed',
    });
  });
});
