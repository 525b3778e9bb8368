/** A merged model in a web page: what stock TensorFlow.js makes of it in Chromium, against onnxruntime. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageBatches } from '../../core/data/images.ts';
import {
  loadDataset,
  loadModel,
  type NamedClass,
  type Preprocess,
  predictImages,
  wrap,
} from '../../core/index.ts';
import { colourFolder, tinyClassifier } from '../wrap/tiny.ts';
import { type BrowserBackend, findChromium, launch, openPage, runGraphModel } from './chromium.ts';
import { type Site, serve } from './server.ts';

const executable = findChromium();
if (!executable)
  console.log(
    'no browser test: Chromium is not installed (Debian: apt-get install chromium; or set CHROMIUM)',
  );

const BATCH = 6;

let root: string;
let files: readonly string[];
let browser: Browser;
let site: Site;
let preprocess: Preprocess;
let labels: readonly string[];
/** What onnxruntime says of each image, from the ONNX file. */
const expected: (readonly NamedClass[])[] = [];

beforeAll(async () => {
  if (!executable) return;
  root = await mkdtemp(join(tmpdir(), 'marnet-browser-'));
  const data = await colourFolder(join(root, 'colours'));
  const original = join(root, 'tiny.onnx');
  await writeFile(original, tinyClassifier({ classes: 5 }));
  const merged = async (to: 'onnx' | 'tfjs', out: string) =>
    wrap(original, data, {
      out: join(root, out),
      to,
      seed: 5,
      tune: 'full',
      compare: false,
      runFolder: join(root, `run-${to}`),
      cacheFolder: join(root, 'cache'),
      training: { epochs: 2, batch: 8, learningRate: 0.003 },
    }).result;
  const reference = await loadModel((await merged('onnx', 'merged.onnx')).path);
  const written = await merged('tfjs', 'web');
  ({ labels } = written);
  preprocess = reference.preprocess!;
  files = (await loadDataset(data)).samples.map(({ file }) => file);
  for await (const prediction of predictImages(reference, files, { top: labels.length }))
    if ('top' in prediction) expected.push(prediction.top);
  const { width, height } = preprocess;
  const pixels = new Float32Array(files.length * 3 * width * height);
  for await (const { data, indices, count } of imageBatches(files, preprocess, { batch: 1 }))
    if (count === 1) pixels.set(data, indices[0]! * 3 * width * height);
  site = await serve(dirname(written.path), pixels);
  browser = await launch(executable);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
  if (root) await rm(root, { recursive: true, force: true });
});

describe('a merged model in a web page', () => {
  it.skipIf(!executable).for<BrowserBackend>(['cpu', 'wasm', 'webgl'])(
    'gives what onnxruntime gives (%s)',
    async (wanted, context) => {
      const { page, hosts, backend } = await openPage(browser, site.origin, wanted);
      if (wanted === 'webgl' && backend !== wanted) {
        console.log('webgl: not run, this Chromium has no WebGL computed by the CPU');
        context.skip();
      }
      expect(backend).toBe(wanted);
      const { height, width, layout } = preprocess;
      const { rows, metadata } = await runGraphModel(
        page,
        layout === 'NCHW' ? [BATCH, 3, height, width] : [BATCH, height, width, 3],
      );
      expect(rows.length).toBe(files.length);
      expect(expected.length).toBe(files.length);
      let difference = 0;
      for (const [row, top] of expected.entries()) {
        for (const { index, probability } of top)
          difference = Math.max(difference, Math.abs(rows[row]![index]! - probability));
        expect(rows[row]!.indexOf(Math.max(...rows[row]!))).toBe(top[0]!.index);
      }
      expect(difference).toBeLessThan(1e-4);
      // All classes are seen, and not so surely that rounding hides a difference.
      expect(new Set(expected.map((top) => top[0]!.index)).size).toBe(3);
      expect(Math.min(...expected.map((top) => top[0]!.probability))).toBeLessThan(0.9);
      expect(metadata).toMatchObject({ labels, preprocess });
      expect([...hosts]).toEqual([site.origin]);
      console.log(`${wanted}: ${rows.length} images, largest difference ${difference.toExponential(1)}`);
      await page.close();
    },
  );

  it.skipIf(!executable)('classifies a picture that is opened in the page', async () => {
    const { page } = await openPage(browser, site.origin, 'wasm');
    for (const [i, file] of files.entries()) {
      await page.locator('#classes').evaluate((list) => list.replaceChildren());
      await page.setInputFiles('#file', file);
      const text = await page.textContent('#classes li');
      expect(text).toMatch(new RegExp(`^${expected[i]![0]!.label} [01]\\.\\d{3}$`));
    }
    await page.close();
  });
});
