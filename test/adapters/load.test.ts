import { createHash } from 'node:crypto';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type BackboneAdapter, defineAdapter, type Importer } from '../../adapters/adapter.ts';
import { loadModel } from '../../adapters/load.ts';
import { METADATA, parseLabels } from '../../adapters/onnx/metadata.ts';
import {
  backboneAdapterFor,
  registerAdapter,
  registeredAdapters,
  unregisterAdapter,
} from '../../adapters/registry.ts';
import { type Preprocess, preprocessToJson } from '../../core/data/index.ts';
import { MarnetError } from '../../core/errors.ts';
import { float32, Graph, GraphBuilder } from '../../core/graph/index.ts';
import { allFixtures } from '../../fixtures/index.ts';
import { PACKAGED, read, sameBytes, scoresOf, temporaryFolder, writeFixture } from '../onnx/support.ts';

const folder = temporaryFolder();
const fixtures = await allFixtures();
const fixture = (name: string): string => writeFixture(fixtures.get(name)!, path.join(folder, name));

const preprocess: Preprocess = {
  width: 8,
  height: 8,
  layout: 'NCHW',
  channels: 'RGB',
  resize: 'crop',
  resizeTo: 9,
  interpolation: 'bicubic',
  scale: 1 / 255,
  mean: [0.5, 0.4, 0.3],
  std: [0.2, 0.2, 0.2],
};

describe('loadModel', () => {
  it.each([...fixtures.keys()])('%s: types of all values, and the original back', async (name) => {
    const file = fixture(name);
    const model = await loadModel(file);
    expect(model.format).toBe('onnx');
    expect(model.inputs.map((i) => [i.name, i.dtype])).toEqual([['image', 'float32']]);
    expect(model.outputs.at(-1)!.shape!.at(-1)).toBe(5);
    for (const node of model.graph.nodes)
      for (const output of node.outputs) if (output) expect(model.graph.typeOf(output)?.shape).toBeDefined();
    const to = path.join(folder, name, 'back.onnx');
    await model.write(model.graph.clone(), to);
    expect(sameBytes(read(to), read(file))).toBe(true);
  });

  it.each(PACKAGED)('%s is written back byte for byte', async (file) => {
    const model = await loadModel(file);
    expect(sameBytes(model.encode(model.graph.clone()), read(file))).toBe(true);
  });

  it('from bytes, with a digest that others agree with', async () => {
    const bytes = fixtures.get('opset-13')!.build()['model.onnx']!;
    const model = await loadModel(bytes);
    expect(model.path).toBeUndefined();
    expect(await model.sha256()).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('has external files in the digest, in the order of their names', async () => {
    const files = fixtures.get('external-data')!.build();
    const hash = createHash('sha256');
    for (const name of ['model.onnx', 'more.bin', 'weights.bin']) hash.update(files[name]!);
    expect(await (await loadModel(fixture('external-data'))).sha256()).toBe(hash.digest('hex'));
  });

  it('takes additions and metadata, which a fresh load finds', async () => {
    const model = await loadModel(fixture('opset-17'));
    const graph = model.graph.clone();
    const builder = new GraphBuilder(graph, 'marnet/');
    builder.output(builder.mul(builder.value('logits'), builder.weight('two', float32([2]))), 'doubled');
    const labels = ['a', 'b', 'c', 'd', 'e'];
    const metadata = {
      [METADATA.labels]: JSON.stringify(labels),
      [METADATA.preprocess]: preprocessToJson(preprocess),
    };
    const bytes = model.encode(graph, { metadata });
    const again = await loadModel(bytes);
    expect(again.labels).toEqual(labels);
    expect(again.preprocess).toEqual(preprocess);
    expect(again.outputs.map((o) => o.name)).toEqual(['scores', 'doubled']);
    expect((await scoresOf(bytes)).scores).toEqual((await scoresOf(model.path!)).scores);
  });

  it('reads names that other tools left', async () => {
    const model = await loadModel(fixture('labels-dict'));
    expect(model.labels).toEqual(['tench', "cat's tail", 'a, b', "d'or", 'e']);
  });

  it('says what a file is that is no model', async () => {
    await expect(loadModel(path.join(import.meta.dirname, 'load.test.ts'))).rejects.toThrow(/is plain text/);
    await expect(loadModel(new Uint8Array(0))).rejects.toMatchObject({ code: 'not-a-model' });
    await expect(loadModel(folder)).rejects.toThrow(/is a folder/);
  });
});

describe('labels in metadata', () => {
  it.each([
    ['["cat", "dog"]', ['cat', 'dog']],
    ['{"0": "cat", "1": "dog"}', ['cat', 'dog']],
    ['{"1": "dog", "0": "cat"}', ['cat', 'dog']],
    ["{0: 'cat', 1: 'dog'}", ['cat', 'dog']],
    ["['cat', \"dog's\"]", ['cat', "dog's"]],
    ['cat, dog ,bird', ['cat', 'dog', 'bird']],
    ['cat\ndog', ['cat', 'dog']],
    ['', undefined],
    ['cat', undefined],
    ['[1, 2]', undefined],
    ["{0: 'cat', 2: 'dog'}", undefined],
    ['{"a": "cat", "b": "dog"}', undefined],
  ])('%s', (text, expected) => {
    expect(parseLabels(text)).toEqual(expected);
  });
});

describe('adapters', () => {
  const backbone = (name: string): BackboneAdapter =>
    defineAdapter({
      name,
      matches: (graph: Graph) => graph.nodes.some((node) => node.op === 'GlobalAveragePool'),
      features: () => 'features',
      preprocess: () => preprocess,
    });
  afterEach(() => {
    for (const adapter of registeredAdapters()) if (adapter.name !== 'onnx') unregisterAdapter(adapter.name);
  });

  it('give the preprocessing that the model does not state', async () => {
    expect((await loadModel(fixture('opset-17'))).preprocess).toBeUndefined();
    registerAdapter(backbone('pooled'));
    registerAdapter(backbone('later'));
    const model = await loadModel(fixture('opset-17'));
    expect(model.preprocess).toEqual(preprocess);
    expect(backboneAdapterFor(model.graph)?.name).toBe('pooled');
    expect(backboneAdapterFor(new Graph())).toBeUndefined();
  });

  it('read other formats', async () => {
    const model = await loadModel(fixture('opset-17'));
    const importer: Importer = {
      name: 'text',
      recognises: (head) => head[0] === 0x23,
      load: async () => ({ ...model, format: 'text' }),
    };
    registerAdapter(importer);
    expect((await loadModel(new TextEncoder().encode('# a model'))).format).toBe('text');
  });

  it('have names of their own', () => {
    registerAdapter(backbone('pooled'));
    expect(() => registerAdapter(backbone('pooled'))).toThrow(/"pooled" is registered already/);
    expect(() => registerAdapter(backbone('onnx'))).toThrow(MarnetError);
  });

  it('are complete', () => {
    const lacking = { name: 'half', matches: () => true } as unknown as BackboneAdapter;
    expect(() => registerAdapter(lacking)).toThrow(/"half" lacks features/);
    expect(() => registerAdapter({} as BackboneAdapter)).toThrow(/lacks name, matches, features/);
  });
});
