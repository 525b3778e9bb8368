import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CORRUPTIONS, corrupt } from '../../core/data/corruptions/index.ts';
import { decodeRaw } from '../../core/data/decode.ts';
import { imageWriter } from '../../core/data/normalise.ts';
import { evaluateRobustness, loadDataset, loadModel, wrap } from '../../core/index.ts';
import { corruptionErrors } from '../../core/report/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { resolvePreprocess } from '../../core/wrap/preprocess/resolve.ts';
import { command } from '../cli/io.ts';
import { colourFolder, tinyClassifier } from './tiny.ts';

let root: string;
let data: string;
let merged: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'marnet-robust-'));
  data = await colourFolder(join(root, 'colours'), 4);
  const model = join(root, 'tiny.onnx');
  await writeFile(model, tinyClassifier({ classes: 5 }));
  merged = join(root, 'merged.onnx');
  await wrap(model, data, {
    out: merged,
    runFolder: join(root, 'run'),
    cacheFolder: join(root, 'cache'),
    compare: false,
    training: { epochs: 8, batch: 8, learningRate: 0.01 },
  }).result;
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('corruption errors are sums of errors divided by sums of errors', () => {
  const { each, mean } = corruptionErrors(
    [
      [0.1, 0.3],
      [0.5, 0.5],
      [0.2, 0],
    ],
    [
      [0.2, 0.6],
      [0.25, 0.25],
      [0, 0],
    ],
  );
  expect(each[0]).toBeCloseTo(0.5, 12);
  expect(each[1]).toBeCloseTo(2, 12);
  expect(each[2]).toBeUndefined();
  expect(mean).toBeCloseTo(1.25, 12);
  expect(corruptionErrors([[0.5]], [[0]]).mean).toBeUndefined();
});

describe('evaluateRobustness', () => {
  it('gives the accuracies that a session gives on the corrupted images', async () => {
    const { corruptions, images, clean } = await evaluateRobustness(merged, data, { seed: 3 });
    expect(images).toBe(12);
    expect(corruptions.map(({ name }) => name)).toEqual(CORRUPTIONS.map(({ name }) => name));
    const dataset = await loadDataset(data, { purpose: 'evaluate' });
    const model = await loadModel(merged);
    const { preprocess } = resolvePreprocess(model);
    const session = await openSession(merged);
    const top1 = async (name?: string): Promise<number> => {
      let right = 0;
      for (const sample of dataset.samples) {
        const raw = await decodeRaw(sample.file, preprocess);
        const corruption = CORRUPTIONS.find((each) => each.name === name);
        const seen = corruption ? await corrupt(raw, corruption, 4, 3, sample.id) : raw;
        const image = new Float32Array(3 * 256);
        imageWriter(preprocess)({ ...seen, flip: false }, image, 0);
        const outputs = await session.run({ image: { dtype: 'float32', dims: [1, 3, 16, 16], data: image } });
        const scores = [...(outputs.probabilities!.data as Float32Array)];
        if (model.labels![scores.indexOf(Math.max(...scores))] === dataset.classes[sample.label]) right++;
      }
      return right / dataset.samples.length;
    };
    expect(await top1()).toBeCloseTo(clean, 12);
    for (const name of ['colour-cast', 'gaussian-noise', 'haze', 'jpeg'])
      expect(await top1(name), name).toBeCloseTo(
        corruptions.find((each) => each.name === name)!.top1[3]!,
        12,
      );
    await session.close();
  });

  it('is the same for the same seed, relative to the same model 1, and counts what it draws', async () => {
    const options = { base: merged, seed: 1, limit: 7 };
    const once = await evaluateRobustness(merged, data, options);
    expect(await evaluateRobustness(merged, data, options)).toEqual(once);
    expect(once.images).toBe(7);
    expect(once.base!.corruptions).toEqual(once.corruptions);
    expect(once.base!.meanCorruptionError).toBeCloseTo(1, 12);
    once.base!.corruptionErrors.forEach((error, i) => {
      const errs = once.corruptions[i]!.top1.some((share) => share < 1);
      expect(error).toBe(errs ? 1 : null);
    });
    const all = once.corruptions.flatMap(({ top1 }) => top1);
    expect(once.mean).toBeCloseTo(all.reduce((a, b) => a + b, 0) / 75, 12);
  });

  it('decodes apart for a base model that wants other pixels', async () => {
    const small = join(root, 'other.onnx');
    await writeFile(small, tinyClassifier({ classes: 3 }));
    const { preprocess } = resolvePreprocess(await loadModel(merged));
    const stretched = { ...preprocess, resize: 'stretch' } as const;
    const { base, images } = await evaluateRobustness(merged, data, {
      base: small,
      preprocess: stretched,
      limit: 4,
    });
    expect(images).toBe(4);
    expect(base!.corruptions).toHaveLength(15);
    expect(base!.mean).toBeLessThan(1);
  });
});

describe('eval --robustness', () => {
  it('prints a table and the mean corruption error', async () => {
    const { code, stdout } = await command(
      ...['eval', merged, '--data', data, '--base', merged, '--robustness', '--limit', '6', '--seed', '2'],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Preprocessing: \d+x\d+ /);
    expect(stdout).toContain('6 images, 15 corruptions at five severities each');
    for (const { name } of CORRUPTIONS) expect(stdout).toMatch(new RegExp(`^${name}( +[\\d.]+ %){7}`, 'm'));
    expect(stdout).toMatch(/Mean corruption error relative to the base model: 1\.000/);
  });

  it('prints JSON', async () => {
    const { stdout } = await command(
      ...['eval', merged, '--data', data, '--robustness', '--limit', '6', '--json'],
    );
    const json = JSON.parse(stdout) as Record<string, unknown>;
    expect(Object.keys(json).sort()).toEqual([
      ...['clean', 'corruptions', 'images', 'mean', 'preprocess', 'preprocessOrigin', 'seed', 'skipped'],
    ]);
    const { code, stderr } = await command('eval', merged, '--data', data, '--limit', '0');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--limit takes a whole number')]);
  });
});
