import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  encodeGraphModel,
  type GraphModelJson,
  toGraphModel,
  writeGraphModel,
} from '../../../../adapters/tfjs/write/index.ts';
import { affineOf, toUint8 } from '../../../../adapters/tfjs/write/quantize.ts';
import { MarnetError } from '../../../../core/errors.ts';
import { int, toFloat32 } from '../../../../core/graph/index.ts';
import { temporaryFolder } from '../../../onnx/support.ts';
import { runOnnx, runStock, useBackend } from '../stock.ts';
import { convolutional, image, network, SIDE } from './networks.ts';
import { difference, loadUnwritten } from './stock.ts';

const root = temporaryFolder();
const graph = convolutional(17);
/** A matrix of 1100 x 1000: more than one shard. */
const wide = network(17, ({ b, weight }) => {
  const x = b.input('x', 'float32', ['batch', 1100]);
  return { y: b.op('Gemm', [x, weight('w', [1000, 1100]), weight('b', [1000])], { transB: int(1) }) };
});
const read = (file: string): GraphModelJson => JSON.parse(readFileSync(file, 'utf8')) as GraphModelJson;

beforeAll(() => useBackend('wasm'));

describe('writeGraphModel', () => {
  it('writes model.json and shards of at most 4 MB into a folder that it makes', async () => {
    const folder = path.join(root, 'deep', 'wide');
    const file = writeGraphModel(await toGraphModel(wide), folder, { metadata: { labels: ['a', 'b'] } });
    expect(file).toBe(path.join(folder, 'model.json'));
    expect(readdirSync(folder).sort()).toEqual([
      'group1-shard1of2.bin',
      'group1-shard2of2.bin',
      'model.json',
    ]);
    const json = read(file);
    expect(json).toMatchObject({
      format: 'graph-model',
      generatedBy: 'marnet-wrap',
      userDefinedMetadata: { labels: ['a', 'b'] },
      signature: { inputs: { x: { name: 'x:0', dtype: 'DT_FLOAT' } }, outputs: { y: { name: 'y:0' } } },
    });
    const sizes = json.weightsManifest[0]!.paths.map((name) => statSync(path.join(folder, name)).size);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4 * 1024 * 1024);
    const elements = json.weightsManifest[0]!.weights.reduce(
      (sum, { shape }) => sum + shape.reduce((p, d) => p * d, 1),
      0,
    );
    expect(sizes.reduce((a, b) => a + b)).toBe(4 * elements);
    const bytes = Buffer.concat(
      json.weightsManifest[0]!.paths.map((name) => readFileSync(path.join(folder, name))),
    );
    const { shards } = encodeGraphModel(await toGraphModel(wide));
    expect(Buffer.compare(bytes, Buffer.concat([...shards.values()]))).toBe(0);
  });

  it('takes away the weights files of the model that it overwrites, and nothing else', async () => {
    const folder = path.join(root, 'again');
    writeGraphModel(await toGraphModel(wide), folder);
    writeFileSync(path.join(folder, 'notes.txt'), 'mine');
    writeFileSync(path.join(folder, 'group2-shard1of1.bin'), 'mine');
    const file = writeGraphModel(await toGraphModel(graph), path.join(folder, 'model.json'));
    expect(readdirSync(folder).sort()).toEqual([
      'group1-shard1of1.bin',
      'group2-shard1of1.bin',
      'model.json',
      'notes.txt',
    ]);
    expect(read(file).weightsManifest[0]!.paths).toEqual(['group1-shard1of1.bin']);
  });

  it('leaves nothing behind where it cannot write', async () => {
    const blocked = path.join(root, 'a-file');
    writeFileSync(blocked, 'here');
    const model = await toGraphModel(graph);
    const attempt = () => writeGraphModel(model, path.join(blocked, 'model'));
    expect(attempt).toThrow(MarnetError);
    expect(attempt).toThrow(/a-file/);
    const folder = path.join(root, 'taken');
    // model.json is a folder: the rename of the last file fails after the shard has its name.
    writeGraphModel(model, path.join(folder, 'model.json', 'inner'));
    expect(() => writeGraphModel(model, folder)).toThrow(/model\.json/);
    expect(readdirSync(folder)).toEqual(['model.json']);
    expect(existsSync(path.join(folder, 'model.json', 'inner', 'model.json'))).toBe(true);
  });
});

describe('quantized weights', () => {
  const feeds = { image: image([2, 3, SIDE, SIDE]) };
  it.each([
    ['uint8', 0.05, 1],
    ['float16', 2e-3, 2],
  ] as const)('%s: small tensors stay, the result is close', async (quantize, tolerance, bytes) => {
    const big = network(17, ({ b, weight }) => {
      const x = b.input('x', 'float32', ['batch', 64]);
      return { y: b.op('Gemm', [x, weight('w', [64, 32]), weight('b', [32])]) };
    });
    const model = await toGraphModel(big);
    const { json, shards } = encodeGraphModel(model, { quantize });
    const specs = new Map(json.weightsManifest[0]!.weights.map((spec) => [spec.name, spec]));
    expect(specs.get('w')!.quantization!.dtype).toBe(quantize);
    expect(specs.get('b')!.quantization).toBeUndefined();
    expect([...shards.values()][0]!.length).toBe(2048 * bytes + 4 * 32);
    const input = { x: image([3, 64]) };
    const expected = await runOnnx(big, input);
    const actual = await runStock(await loadUnwritten(model, { quantize }), input);
    const d = difference(toFloat32(expected.y!), actual.y!.data);
    expect(d).toBeLessThan(tolerance);
    expect(d).toBeGreaterThan(0);
  });

  it('a network with small tensors only is written as it is', async () => {
    const model = await toGraphModel(graph);
    const actual = await runStock(await loadUnwritten(model, { quantize: 'uint8' }), feeds);
    const expected = await runOnnx(graph, feeds);
    expect(difference(toFloat32(expected.scores!), actual.scores!.data)).toBeLessThan(1e-5);
  });

  it('keeps zero and both ends of the range', () => {
    const values = Float32Array.of(-1, -0.25, 0, 0.5, 2);
    const affine = affineOf(values)!;
    const back = Array.from(toUint8(values, affine), (q) => q * affine.scale + affine.min);
    expect(back[2]).toBe(0);
    back.forEach((value, i) => {
      expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(affine.scale);
    });
    expect(affineOf(Float32Array.of(0.5, 0.5))).toEqual({ scale: 1, min: 0.5 });
    expect(affineOf(Float32Array.of(1, Number.POSITIVE_INFINITY))).toBeUndefined();
  });
});
