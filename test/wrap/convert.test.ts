/** Merged models in the other format: what stock TensorFlow.js makes of them, and what is refused. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writerFor } from '../../adapters/registry.ts';
import { imageBatches } from '../../core/data/images.ts';
import {
  loadDataset,
  loadModel,
  type NamedClass,
  predictImages,
  unwrap,
  type WrapEvent,
  type WrapOptionsInput,
  wrap,
} from '../../core/index.ts';
import { stockGraphModel, tf } from '../adapters/tfjs/stock.ts';
import { colourPlace } from './place.ts';
import { tinyClassifier } from './tiny.ts';

const { root, data, model: onnx } = await colourPlace(tinyClassifier({ classes: 5 }));
beforeAll(async () => {
  await tf.setBackend('cpu');
});

let runs = 0;
async function wrapped(model: string, options: WrapOptionsInput) {
  const run = wrap(model, data, {
    runFolder: join(root, `run-${++runs}`),
    cacheFolder: join(root, 'cache'),
    compare: false,
    ...options,
    training: { epochs: 3, batch: 8, learningRate: 0.01 },
  });
  const events: WrapEvent[] = [];
  for await (const event of run) events.push(event);
  return { events, result: await run.result };
}

/** Probabilities of all images: by stock TensorFlow.js, and by onnxruntime from the ONNX file. */
async function compared(
  graphModel: string,
  reference: string,
): Promise<{ difference: number; agreeing: number; images: number }> {
  const stock = await stockGraphModel(dirname(graphModel));
  const { samples } = await loadDataset(data);
  const files = samples.map(({ file }) => file);
  const model = await loadModel(reference);
  const preprocess = model.preprocess!;
  const expected: (readonly NamedClass[])[] = [];
  for await (const prediction of predictImages(model, files, { top: 3 }))
    if ('top' in prediction) expected.push(prediction.top);
  expect(expected.length).toBe(files.length);
  let [difference, agreeing, images] = [0, 0, 0];
  for await (const { data: pixels, indices, count } of imageBatches(files, preprocess, { batch: 6 })) {
    const shape = preprocess.layout === 'NCHW' ? [6, 3, 16, 16] : [6, 16, 16, 3];
    const scores = stock.predict(tf.tensor(pixels, shape)) as tf.Tensor;
    expect(scores.shape).toEqual([6, 3]);
    const rows = (await scores.array()) as number[][];
    for (let row = 0; row < count; row++, images++) {
      const top = expected[indices[row]!]!;
      for (const { index, probability } of top)
        difference = Math.max(difference, Math.abs(rows[row]![index]! - probability));
      if (rows[row]!.indexOf(Math.max(...rows[row]!)) === top[0]!.index) agreeing++;
    }
  }
  return { difference, agreeing, images };
}

const exists = (path: string): string[] => (existsSync(path) ? readdirSync(path) : []);

describe('a merged model as TensorFlow.js', () => {
  it.each(['frozen', 'full'] as const)(
    'gives in stock TensorFlow.js what it gives as ONNX (%s)',
    async (tune) => {
      const options = { tune, seed: 5 } as const;
      const reference = await wrapped(onnx, { ...options, out: join(root, `${tune}.onnx`) });
      const out = join(root, `${tune}-tfjs`);
      const { result, events } = await wrapped(onnx, { ...options, out, to: 'tfjs' });
      expect(result.path).toBe(join(out, 'model.json'));
      expect(result.conversion).toMatchObject({ format: 'tfjs', agreement: 1, quantize: undefined });
      expect(result.conversion!.largestDifference).toBeLessThan(1e-4);
      expect(events.map(({ type }) => type)).toContain('converted');
      const { difference, agreeing, images } = await compared(result.path, reference.result.path);
      expect(images).toBe(24);
      expect(agreeing).toBe(images);
      expect(difference).toBeLessThan(1e-4);
    },
  );

  it('is read again: classes, preprocessing, predictions', async () => {
    const out = join(root, 'again');
    const { result } = await wrapped(onnx, { out, to: 'tfjs' });
    const model = await loadModel(out);
    expect(model.format).toBe('tfjs');
    expect(model.labels).toEqual(result.labels);
    expect(model.preprocess).toEqual((await loadModel(result.path)).preprocess);
    expect(model.preprocess).toBeDefined();
    for await (const prediction of predictImages(model, [join(data, 'sky-0.png')]))
      expect(prediction).toMatchObject({ top: [{ label: expect.any(String) }, {}, {}] });
    await expect(wrapped(out, { out: join(root, 'second') })).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringContaining('is a merged one already'),
    });
    await expect(unwrap(model)).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringContaining('written as tfjs'),
    });
  });

  it.each(['frozen', 'full', 'last:1'] as const)('is made of one, %s', async (tune) => {
    const original = join(root, `original-${tune}`);
    await writerFor('tfjs')!.write((await loadModel(onnx)).graph, original, { metadata: {} });
    const options = { tune, seed: 5 } as const;
    const { result } = await wrapped(original, { ...options, out: join(root, `of-${tune}`) });
    expect(result.path).toBe(join(root, `of-${tune}`, 'model.json'));
    expect(result.conversion).toMatchObject({ format: 'tfjs', agreement: 1 });
    const reference = await wrapped(original, { ...options, out: join(root, `of-${tune}.onnx`), to: 'onnx' });
    expect(reference.result.conversion).toBeUndefined();
    const { difference, agreeing, images } = await compared(result.path, reference.result.path);
    expect(agreeing).toBe(images);
    expect(difference).toBeLessThan(1e-4);
  });

  it.each(['uint8', 'float16'] as const)('tells what rounding its weights changed (%s)', async (quantize) => {
    const out = join(root, quantize);
    const { result } = await wrapped(onnx, { out, to: 'tfjs', quantize });
    const { conversion } = result;
    expect(conversion).toMatchObject({ quantize, top1: { onnx: result.scores.merged.top1 } });
    expect(conversion!.top1.written).toBeGreaterThanOrEqual(0);
    expect(conversion!.largestDifference).toBeGreaterThan(0);
    const full = await wrapped(onnx, { out: join(root, `${quantize}-not`), to: 'tfjs' });
    const size = (path: string): number =>
      exists(dirname(path)).reduce(
        (sum, file) => sum + (file.endsWith('.bin') ? statSync(join(dirname(path), file)).size : 0),
        0,
      );
    expect(size(result.path)).toBeLessThan(0.7 * size(full.result.path));
  });

  it('leaves nothing where it is not what was trained', async () => {
    const writer = writerFor('tfjs')!;
    const model = await loadModel(onnx);
    const out = join(root, 'refused');
    const before = exists(root);
    const check = async (path: string): Promise<void> => {
      expect(exists(dirname(path))).toContain('model.json');
      throw new Error('not the same');
    };
    await expect(writer.write(model.graph, out, { metadata: {}, check })).rejects.toThrow('not the same');
    expect(exists(root)).toEqual(before);
  });

  it('replaces an earlier one, and its weights', async () => {
    const out = join(root, 'twice');
    const writer = writerFor('tfjs')!;
    const { graph } = await loadModel(onnx);
    await writer.write(graph, out, { metadata: { note: 'first' } });
    await writeFile(join(out, 'keep.txt'), 'mine');
    await writer.write(graph, out, { metadata: { note: 'second' } });
    expect((await loadModel(out)).metadata.get('note')).toBe('second');
    expect(exists(out).sort()).toEqual(['group1-shard1of1.bin', 'keep.txt', 'model.json']);
  });

  it('is compared by its scores, where the model gives the best class alone', async () => {
    const picking = join(root, 'picking.onnx');
    await writeFile(picking, tinyClassifier({ classes: 3, best: true }));
    const { result } = await wrapped(picking, { out: join(root, 'picking'), to: 'tfjs', tune: 'full' });
    expect(result.conversion).toMatchObject({ format: 'tfjs', agreement: 1 });
    expect(result.conversion!.top1.written).toBe(result.conversion!.top1.onnx);
  });

  it('goes beside the original when nobody says', () => {
    const { besides, fileOf } = writerFor('tfjs')!;
    expect(besides('/a/net.onnx')).toBe('/a/net.marnet');
    expect(besides('/a/net/model.json')).toBe('/a/net.marnet');
    expect(besides('/a/gear.json')).toBe('/a/gear.marnet');
    expect(basename(fileOf('/a/net.marnet'))).toBe('model.json');
    expect(fileOf('/a/b/net.json')).toBe('/a/b/net.json');
  });

  it.each([
    [{ to: 'tflite' }, /"tflite".*/],
    [{ to: 'onx' }, /cannot be written as "onx"; did you mean "onnx"\?/],
    [{ quantize: 'uint8' }, /uint8 cannot be written as ONNX/],
    [{ to: 'tfjs', externalData: true }, /external data/],
    [{ to: 'tfjs', out: 'x.onnx' }, /"x.onnx" is the name of a model of onnx/],
    [{ to: 'onnx', out: 'x/model.json' }, /"x\/model.json" is the name of a model of tfjs/],
  ] as const)('refuses %j', async (options, message) => {
    await expect(wrapped(onnx, options as WrapOptionsInput)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
  });

  it('is in the format that its path ends in, when nobody says', async () => {
    const json = join(root, 'named', 'net.json');
    const { result } = await wrapped(onnx, { out: json });
    expect(result).toMatchObject({ path: json, conversion: { format: 'tfjs', agreement: 1 } });
    const original = join(root, 'named-original');
    await writerFor('tfjs')!.write((await loadModel(onnx)).graph, original, { metadata: {} });
    const file = join(root, 'named.onnx');
    const second = await wrapped(original, { out: file });
    expect(second.result).toMatchObject({ path: file, conversion: undefined });
    expect((await loadModel(file)).format).toBe('onnx');
  });

  it('never overwrites the model that is read', async () => {
    const out = join(root, 'own');
    await writerFor('tfjs')!.write((await loadModel(onnx)).graph, out, { metadata: {} });
    await expect(wrapped(out, { out })).rejects.toMatchObject({
      code: 'output',
      message: expect.stringContaining('it is the model that is being read'),
    });
  });
});
