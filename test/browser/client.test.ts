/** Clients of merged models in Chromium: what they say of pictures, beside `predict` and beside a client in Node. */
import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHIPPED_CLASSIFIER } from '../../core/cli/demo/classifier.ts';
import { generateClient } from '../../core/index.ts';
import {
  type Client,
  clientFolder,
  largestDifference,
  type Merged,
  mergedModel,
  openClient,
  pictures,
  predicted,
  rgbaOf,
} from '../codegen/client/merged.ts';
import { compileFolder } from '../docs/compile.ts';
import { ROOT } from '../docs/markdown.ts';
import { tinyClassifier } from '../wrap/tiny.ts';
import { findChromium, launch, openReady } from './chromium.ts';
import { type Site, serveFiles } from './server.ts';

const executable = findChromium();
if (!executable)
  console.log(
    'no browser test of clients: Chromium is not installed (Debian: apt-get install chromium; or set CHROMIUM)',
  );

/** As a bundler would resolve them. */
const PACKAGES = {
  'onnxruntime-web': '/packages/onnxruntime-web/dist/ort.wasm.bundle.min.mjs',
  '@tensorflow/tfjs': '/packages/@tensorflow/tfjs/dist/tf.fesm.min.js',
};

/** A page that has a client as `client`. */
const pageOf = (name: string): string => `<!doctype html>
<script type="importmap">${JSON.stringify({ imports: PACKAGES })}</script>
<body><script type="module">
import * as client from '/${name}.js';
globalThis.client = client;
globalThis.everyForm = async (address) => {
  const blob = await (await fetch(address)).blob();
  const element = new Image();
  element.src = address;
  await element.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [element.naturalWidth, element.naturalHeight];
  const context = canvas.getContext('2d');
  context.drawImage(element, 0, 0);
  const data = context.getImageData(0, 0, canvas.width, canvas.height);
  return [address, new URL(address, location.href), blob, element, canvas, data, await createImageBitmap(blob)];
};
document.body.dataset.ready = 'yes';
</script></body>`;

declare const client: Client;
/** A picture's address, and what a page can make of it. */
declare function everyForm(address: string): Promise<string[]>;

let folder = '';
let images: string[] = [];
let browser: Browser;
let site: Site;
const models: Record<string, Merged> = {};

beforeAll(async () => {
  if (!executable) return;
  folder = await clientFolder();
  images = await pictures(join(folder, 'pictures'));
  const demo = await readFile(SHIPPED_CLASSIFIER);
  models.onnx = await mergedModel(folder, 'onnx', demo);
  models.tfjs = await mergedModel(folder, 'tfjs', demo, { to: 'tfjs' });
  models.half = await mergedModel(folder, 'half', tinyClassifier({ dtype: 'float16', logits: true }), {
    externalData: true,
  });
  for (const [name, { path }] of Object.entries(models)) {
    await generateClient(path, join(folder, `${name}.ts`), { for: 'browser' });
    await generateClient(path, join(folder, `${name}-node.ts`), { for: 'node' });
  }
  expect(await readFile(join(folder, 'half.ts'), 'utf8')).toContain("weightFiles: ['half.onnx.data'],");
  expect(await compileFolder(folder, { noEmit: false, lib: ['es2023', 'dom'] })).toBe('');
  site = await serveFiles((path) => {
    if (path.startsWith('/other/')) return otherModel(path);
    if (path.endsWith('.html')) return Buffer.from(pageOf(path.slice(1, -5)));
    return path.startsWith('/packages/') ? join(ROOT, 'node_modules', path.slice(10)) : join(folder, path);
  });
  browser = await launch(executable);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** The graph-model with other weights. */
function otherModel(path: string): Uint8Array {
  const bytes = readFileSync(join(folder, path.replace('/other/', '/tfjs/')));
  return path.endsWith('.bin') ? bytes.map((byte, i) => (i % 4 === 0 ? byte ^ 1 : byte)) : bytes;
}

/** What the page's client says of the site's files. */
function classified(page: Page, model: string, files: readonly string[]) {
  return page.evaluate(
    async ([source, addresses]) => {
      const classifier = await client.createClassifier(source, { batch: 3 });
      const results = await classifier.classifyAll(addresses);
      await classifier.dispose();
      return results;
    },
    [model, files.map((file) => file.slice(folder.length))] as [string, string[]],
  );
}

const addressOf = (name: string): string => models[name]!.path.slice(folder.length);

describe.skipIf(!executable)('a client in Chromium', () => {
  it.each(['onnx', 'tfjs', 'half'])('says of pixels what it says in Node (%s)', async (name) => {
    const { path, labels } = models[name]!;
    const { page, hosts } = await openReady(browser, `${site.origin}/${name}.html`);
    const results = await classified(page, addressOf(name), images);
    expect([...hosts]).toEqual([site.origin]);
    await page.close();
    const { createClassifier } = await openClient(join(folder, `${name}-node.ts`));
    const classifier = await createClassifier(path);
    const inNode = await classifier.classifyAll(await Promise.all(images.map(rgbaOf)));
    await classifier.dispose();
    const named = inNode.map(({ scores }) =>
      labels.map((label, index) => ({ label, index, probability: scores[label]! })),
    );
    const difference = largestDifference(
      results,
      named.map((top) => top.toSorted((x, y) => y.probability - x.probability)),
    );
    console.log(`${name}: ${images.length} images, as in Node up to ${difference.toExponential(1)}`);
    expect(difference).toBeLessThan(1e-5);
    if (name === 'half') return;
    // The first photo is so large that libvips resizes its file in Node: 5.4e-3 was measured.
    const expected = await predicted(path, images);
    const differences = results.map((each, i) => largestDifference([each], [expected[i]!]));
    console.log(`${name}: as predict up to ${differences.map((each) => each.toExponential(1)).join(', ')}`);
    const [large, ...others] = differences;
    expect(large).toBeLessThan(0.01);
    expect(Math.max(...others)).toBeLessThan(1e-5);
  });

  it('takes whatever a page has of a picture', async () => {
    const { page } = await openReady(browser, `${site.origin}/onnx.html`);
    const file = images.find((each) => each.endsWith('wide.png'))!.slice(folder.length);
    const scores = await page.evaluate(
      async ([source, address]) => {
        const classifier = await client.createClassifier(source);
        const results = await classifier.classifyAll(await everyForm(address));
        return results.map((each) => each.scores);
      },
      [addressOf('onnx'), file] as [string, string],
    );
    expect(scores.length).toBe(7);
    for (const each of scores) expect(each).toEqual(scores[0]);
    await page.close();
  });

  it.each<[string, string, () => [model: string, image: string], RegExp]>([
    [
      'another model',
      'onnx',
      () => [addressOf('half'), ''],
      /half\.onnx is not the model that this client was made of \(onnx\.onnx\)/,
    ],
    [
      'other weights',
      'tfjs',
      () => ['/other/model.json', ''],
      /other\/model\.json is not the model .*\(tfjs\/model\.json\)/,
    ],
    ['an address without model', 'onnx', () => ['/none.onnx', ''], /none\.onnx answered 404/],
    [
      'a web page',
      'onnx',
      () => ['/onnx.html', ''],
      /onnx\.html answered a web page: is the address right\?/,
    ],
    ['an address without image', 'onnx', () => [addressOf('onnx'), '/none.png'], /none\.png answered 404/],
    ['what is no image', 'onnx', () => [addressOf('onnx'), '/onnx.ts'], /onnx\.ts cannot be decoded/],
  ])('says what is wrong: %s', async (_, name, words, message) => {
    const { page } = await openReady(browser, `${site.origin}/${name}.html`);
    const said = await page.evaluate(async ([model, image]) => {
      try {
        const classifier = await client.createClassifier(model);
        return JSON.stringify(await classifier.classify(image));
      } catch (error) {
        return (error as Error).message;
      }
    }, words());
    expect(said).toMatch(message);
    await page.close();
  });
});
