/** Files of TensorFlow.js models: what is recognised, what the weights are, and what is said of damaged ones. */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { afterAll, describe, expect, it } from 'vitest';
import { looksLikeTfjs, readTfjs } from '../../../../adapters/tfjs/read/index.ts';
import { MarnetError } from '../../../../core/errors.ts';
import { humanModel } from '../graph-model/human.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'marnet-tfjs-read-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const GRAPH = { node: [] };

/** A model in a folder of its own; shards as they are given. */
function write(
  name: string,
  manifest: unknown,
  shards: Readonly<Record<string, Uint8Array>> = {},
  topology: unknown = GRAPH,
): string {
  const folder = path.join(root, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, bytes] of Object.entries(shards)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), bytes);
  }
  const file = path.join(folder, 'model.json');
  writeFileSync(
    file,
    JSON.stringify({ format: 'graph-model', modelTopology: topology, weightsManifest: manifest }),
  );
  return file;
}

async function failure(from: string | Uint8Array): Promise<MarnetError> {
  const error = await readTfjs(from).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(MarnetError);
  return error as MarnetError;
}

/** Weights of every kind, encoded by hand; float16 and strings included. */
const SPECS = [
  { name: 'plain', shape: [2, 3], dtype: 'float32' },
  { name: 'bytes', shape: [5], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.1, min: -2 } },
  { name: 'flags', shape: [3], dtype: 'bool' },
  { name: 'words', shape: [2], dtype: 'string' },
  { name: 'halves', shape: [4], dtype: 'float32', quantization: { dtype: 'float16' } },
  { name: 'shorts', shape: [3], dtype: 'float32', quantization: { dtype: 'uint16', scale: 0.001, min: 1 } },
  { name: 'numbers', shape: [], dtype: 'int32' },
  { name: 'steps', shape: [2], dtype: 'int32', quantization: { dtype: 'uint8', scale: 2, min: -3 } },
] as const;

function encoded(): Uint8Array {
  const word = (text: string): Buffer => {
    const utf8 = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(utf8.length);
    return Buffer.concat([length, utf8]);
  };
  return Buffer.concat([
    Buffer.from(Float32Array.of(1, -2.5, 3, 1e-3, 0, 7).buffer),
    Buffer.from([0, 1, 2, 200, 255]),
    Buffer.from([1, 0, 1]),
    word('Zoë'),
    word(''),
    Buffer.from(Uint16Array.of(0x3c00, 0xc100, 0x7bff, 0x0001).buffer),
    Buffer.from(Uint16Array.of(0, 1000, 65535).buffer),
    Buffer.from(Int32Array.of(-70000).buffer),
    Buffer.from([4, 9]),
  ]);
}

describe('weights', () => {
  it('are what stock TensorFlow.js decodes, in one shard or cut anywhere into many', async () => {
    const bytes = encoded();
    await tf.setBackend('cpu');
    const wanted = tf.io.decodeWeights(
      Uint8Array.from(bytes).buffer,
      SPECS.map((spec) => ({ ...spec, shape: [...spec.shape] })) as tf.io.WeightsManifestEntry[],
    );
    for (const cut of [bytes.length, 7, 1]) {
      const shards: Record<string, Uint8Array> = {};
      for (let at = 0; at < bytes.length; at += cut) shards[`s${at}.bin`] = bytes.subarray(at, at + cut);
      const file = write(`cut${cut}`, [{ paths: Object.keys(shards), weights: SPECS }], shards);
      const { weights } = await readTfjs(file);
      expect([...weights.keys()]).toEqual(SPECS.map((spec) => spec.name));
      for (const { name } of SPECS) {
        const [own, stock] = [weights.get(name)!, wanted[name]!];
        expect(own.dtype, name).toBe(stock.dtype);
        expect(own.dims, name).toEqual(stock.shape);
        expect(Array.from(own.data as ArrayLike<unknown>), name).toEqual(
          Array.from(stock.dataSync<'string'>() as ArrayLike<unknown>),
        );
      }
    }
  });

  it('come from several groups, in folders below too', async () => {
    const manifest = [
      { paths: ['a.bin'], weights: [{ name: 'a', shape: [1], dtype: 'float32' }] },
      { paths: ['deep/b.bin'], weights: [{ name: 'b', shape: [2], dtype: 'int32' }] },
    ];
    const file = write('groups', manifest, {
      'a.bin': new Uint8Array(Float32Array.of(4).buffer),
      'deep/b.bin': new Uint8Array(Int32Array.of(5, 6).buffer),
    });
    const { weights, files } = await readTfjs(path.dirname(file));
    expect(weights.get('a')!.data).toEqual(Float32Array.of(4));
    expect(weights.get('b')!.data).toEqual(Int32Array.of(5, 6));
    expect(files).toEqual([
      file,
      path.join(path.dirname(file), 'a.bin'),
      path.join(path.dirname(file), 'deep/b.bin'),
    ]);
  });

  it('that are missing, short or too long are named with what was expected', async () => {
    const folder = path.join(root, 'liveness');
    mkdirSync(folder);
    const model = path.join(folder, 'liveness.json');
    copyFileSync(humanModel('liveness'), model);
    const shard = path.join(folder, 'liveness.bin');
    const missing = await failure(model);
    expect(missing).toMatchObject({
      code: 'external-data',
      message: expect.stringContaining(`${shard} does not exist`),
    });

    copyFileSync(humanModel('liveness').replace(/json$/, 'bin'), shard);
    const whole = readFileSync(shard).length;
    truncateSync(shard, whole - 3);
    const short = await failure(model);
    expect(short.code).toBe('external-data');
    expect(short.message).toContain(`${whole} bytes`);
    expect(short.message).toContain(`${shard} (${whole - 3} bytes)`);

    writeFileSync(shard, new Uint8Array(whole + 1));
    expect((await failure(model)).hint).toContain('not of the same model');
  });

  it('of an unknown type, or outside of the folder, are refused', async () => {
    const complex = [{ paths: ['a.bin'], weights: [{ name: 'wave', shape: [1], dtype: 'complex64' }] }];
    const file = write('complex', complex, { 'a.bin': new Uint8Array(8) });
    expect(await failure(file)).toMatchObject({
      code: 'unsupported-model',
      message: expect.stringMatching(/"wave" is of type complex64/),
    });
    const outside = write('outside', [{ paths: ['../../etc/passwd'], weights: [] }]);
    expect(await failure(outside)).toMatchObject({
      code: 'external-data',
      message: expect.stringContaining('"../../etc/passwd"'),
    });
  });
});

describe('files', () => {
  it('of both formats are told by their content, whatever they are called', async () => {
    const graph = path.join(root, 'any name.txt');
    writeFileSync(graph, JSON.stringify({ modelTopology: GRAPH, weightsManifest: [] }));
    expect((await readTfjs(graph)).kind).toBe('graph-model');
    // The field `format` may lie.
    const layers = path.join(root, 'layers.json');
    const config = { class_name: 'Sequential', config: [] };
    writeFileSync(
      layers,
      JSON.stringify({ format: 'graph-model', modelTopology: { model_config: config }, weightsManifest: [] }),
    );
    expect((await readTfjs(layers)).kind).toBe('layers-model');
    expect((await readTfjs(readFileSync(layers))).kind).toBe('layers-model');
    expect(looksLikeTfjs(readFileSync(graph), graph)).toBe(true);
  });

  it('that are none are left to others', () => {
    const folder = mkdtempSync(path.join(root, 'empty-'));
    writeFileSync(path.join(folder, 'package.json'), '{"name": "something"}');
    const text = (s: string): Uint8Array => new TextEncoder().encode(s);
    expect(looksLikeTfjs(new Uint8Array(0), folder)).toBe(false);
    expect(looksLikeTfjs(Uint8Array.of(8, 8, 18, 4), 'model.onnx')).toBe(false);
    expect(looksLikeTfjs(text('{"a": 1}'), undefined)).toBe(false);
    expect(looksLikeTfjs(new Uint8Array(0), path.join(folder, 'absent.json'))).toBe(false);
    expect(looksLikeTfjs(text('{"format": "graph-model"'), undefined)).toBe(true);
    expect(looksLikeTfjs(new Uint8Array(0), 'https://example.org/model.json')).toBe(true);
    expect(looksLikeTfjs(new Uint8Array(0), path.dirname(humanModel('gear')))).toBe(true);
  });

  it('that are damaged say so', async () => {
    const broken = path.join(root, 'broken.json');
    writeFileSync(broken, '<html>Not found</html>');
    expect(looksLikeTfjs(readFileSync(broken), broken)).toBe(true);
    expect(await failure(broken)).toMatchObject({
      code: 'not-a-model',
      message: expect.stringMatching(/broken\.json is not JSON .*it begins "<html>Not found/),
    });
    const other = path.join(root, 'other.json');
    writeFileSync(other, JSON.stringify({ modelTopology: { nodes: [] }, name: 'x' }));
    expect((await failure(other)).message).toMatch(
      /neither a graph-model .* nor a layers-model .* it holds modelTopology, name/,
    );
    const manifest = write('manifest', [
      { paths: ['a.bin'], weights: [{ name: 'a', shape: 'none', dtype: 'float32' }] },
    ]);
    expect((await failure(manifest)).message).toContain('weightsManifest.0.weights.0.shape');
    expect((await failure(path.dirname(humanModel('gear')))).message).toMatch(
      /holds several models: .*faceres\.json/,
    );
    const bytes = new TextEncoder().encode(
      JSON.stringify({ modelTopology: GRAPH, weightsManifest: [{ paths: ['w.bin'], weights: [] }] }),
    );
    expect(await failure(bytes)).toMatchObject({
      code: 'external-data',
      message: expect.stringContaining('w.bin'),
    });
  });
});
