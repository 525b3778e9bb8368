/** The importer: what a model says of itself, and its bytes as ONNX. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createTfjsImporter, tfjsImporter } from '../../../../adapters/tfjs/index.ts';
import type { Preprocess } from '../../../../core/data/index.ts';
import { locateFeatures } from '../../../../core/locate/index.ts';
import { readOnnx } from '../../../../core/onnx/file.ts';
import { memorySource } from '../../../../core/onnx/index.ts';
import { Draft, s } from '../graph-model/draft.ts';
import { humanModel } from '../graph-model/human.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'marnet-tfjs-importer-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const PREPROCESS: Preprocess = {
  width: 4,
  height: 4,
  layout: 'NHWC',
  channels: 'RGB',
  resize: 'stretch',
  resizeTo: 4,
  interpolation: 'bilinear',
  scale: 1 / 255,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

/** A small classifier in files. */
function classifier(metadata: Readonly<Record<string, unknown>>): string {
  const d = new Draft();
  const x = d.input('image', [-1, 4, 4, 3]);
  const conv = d.node('Conv2D', 'conv', [x, d.random('kernel', 3, 3, 3, 5)], {
    strides: { list: { i: ['1', '1', '1', '1'] } },
    padding: s('SAME'),
  });
  const pooled = d.node('Mean', 'pool', [conv, d.ints('axes', [1, 2])]);
  d.outputs = [d.node('Softmax', 'scores', [d.node('MatMul', 'dense', [pooled, d.random('w', 5, 2)])])];
  const { json, specs, bytes } = d.stock;
  const weightsManifest = [{ paths: ['weights.bin'], weights: specs }];
  const file = path.join(mkdtempSync(path.join(root, 'm-')), 'model.json');
  writeFileSync(path.join(path.dirname(file), 'weights.bin'), new Uint8Array(bytes));
  writeFileSync(file, JSON.stringify({ ...json, weightsManifest, userDefinedMetadata: metadata }));
  return file;
}

describe('tfjsImporter', () => {
  it('reads labels and preprocessing, and writes ONNX with them', async () => {
    const file = classifier({ labels: ['cat', 'dog'], 'marnet.preprocess': PREPROCESS, version: 3 });
    const model = await tfjsImporter.load(path.dirname(file));
    expect(model.labels).toEqual(['cat', 'dog']);
    expect(model.preprocess).toEqual(PREPROCESS);
    expect(model.metadata.get('version')).toBe('3');
    expect(model.outputs).toEqual([{ name: 'scores', dtype: 'float32', shape: ['batch', 2] }]);
    expect(locateFeatures(model).at(0)?.value).toBe('pool');

    const { metadata, graph } = readOnnx(
      memorySource(model.encode(model.graph, { metadata: { version: undefined, seed: '5' } })),
    );
    expect([...metadata.keys()].sort()).toEqual(['labels', 'marnet.preprocess', 'seed']);
    expect(graph.inputs[0]).toEqual(model.inputs[0]);
    const renamed = model.encode(model.graph, {
      metadata: { labels: 'a, b', version: undefined },
      renamedMetadata: { labels: 'before' },
    });
    expect(readOnnx(memorySource(renamed)).metadata).toEqual(
      new Map([
        ['marnet.preprocess', metadata.get('marnet.preprocess')!],
        ['labels', 'a, b'],
        ['before', '["cat","dog"]'],
      ]),
    );
    const target = path.join(path.dirname(file), 'out.onnx');
    await model.write(model.graph, target);
    expect(readFileSync(target).equals(model.encode(model.graph))).toBe(true);
  });

  it('takes class names and preprocessing from Teachable Machine’s file beside the model', async () => {
    const file = classifier({});
    const own = {
      tmVersion: '2.4.7',
      packageName: '@teachablemachine/image',
      labels: ['Ann', 'Bob'],
      imageSize: 4,
    };
    writeFileSync(path.join(path.dirname(file), 'metadata.json'), JSON.stringify(own));
    const { labels, preprocess } = await tfjsImporter.load(file);
    expect(labels).toEqual(['Ann', 'Bob']);
    // 0 and 254 become -1 and 1.
    expect(preprocess).toMatchObject({
      width: 4,
      resize: 'crop',
      scale: 1 / 127,
      mean: [1, 1, 1],
      std: [1, 1, 1],
    });
    writeFileSync(path.join(path.dirname(file), 'metadata.json'), '{"labels": ["x", "y"]}');
    expect((await tfjsImporter.load(file)).labels).toBeUndefined();
  });

  it('hashes all files of the model', async () => {
    const file = classifier({});
    const hash = createHash('sha256').update(readFileSync(file));
    hash.update(readFileSync(path.join(path.dirname(file), 'weights.bin')));
    expect(await (await tfjsImporter.load(file)).sha256()).toBe(hash.digest('hex'));
  });

  it('takes translations of an adapter’s own', async () => {
    const importer = createTfjsImporter({
      name: 'my-tfjs',
      translations: { Softmax: (operation) => operation.builder.sigmoid(operation.x()) },
    });
    const { graph } = await importer.load(classifier({}));
    expect(graph.nodes.at(-1)).toMatchObject({ op: 'Sigmoid', outputs: ['scores'] });
    expect(importer.name).toBe('my-tfjs');
  });

  it('finds the feature layer of a model of the wild', async () => {
    const [site] = locateFeatures(await tfjsImporter.load(humanModel('antispoof')));
    expect(site?.shape).toEqual(['batch', 128]);
  });
});
