/** A Chromium of the system, and what a graph-model gives in it. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type * as tensorflow from '@tensorflow/tfjs';
import { type Browser, chromium, type Page } from 'playwright-core';

export type BrowserBackend = 'cpu' | 'wasm' | 'webgl';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * Path of the browser: that of the environment's CHROMIUM, else the first that PATH has; undefined without one.
 * @throws where CHROMIUM names no file.
 */
export function findChromium(): string | undefined {
  const { CHROMIUM, PATH = '' } = process.env;
  if (CHROMIUM && !existsSync(CHROMIUM))
    throw new Error(
      `CHROMIUM is "${CHROMIUM}", but there is no such file: set it to the path of a Chromium, or unset it to search PATH`,
    );
  if (CHROMIUM) return CHROMIUM;
  const folders = ['/usr/bin', ...PATH.split(delimiter).filter(Boolean)];
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) =>
    existsSync(path),
  );
}

/** Headless; WebGL is computed by the CPU, so that it needs no graphics card. */
export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking'],
  });
}

/** What the page's scripts define. */
declare const tf: typeof tensorflow;

export interface Scores {
  /** One row an image. */
  readonly rows: number[][];
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Mean time of an image, without the first batch, in ms. */
  readonly msPerImage: number;
}

/**
 * Loads `/model.json` of the page's site with stock TensorFlow.js and runs it on the images that `/pixels` gives.
 * @param batch shape of the model's input, as many images as are run at once first
 */
export function runGraphModel(page: Page, batch: readonly [number, ...number[]]): Promise<Scores> {
  return page.evaluate(async (shape) => {
    const pixels = new Float32Array(await (await fetch('/pixels')).arrayBuffer());
    const model = await tf.loadGraphModel('/model.json');
    const length = shape.reduce((product, side) => product * side, 1);
    const rows: number[][] = [];
    const times: number[] = [];
    for (let at = 0; at < pixels.length; at += length) {
      const start = performance.now();
      const input = tf.tensor(pixels.subarray(at, at + length), [...shape]);
      const scores = model.predict(input) as tensorflow.Tensor;
      rows.push(...((await scores.array()) as number[][]));
      times.push(performance.now() - start);
      tf.dispose([input, scores]);
    }
    const warm = times.slice(1);
    const msPerImage = warm.reduce((sum, time) => sum + time, 0) / (warm.length * shape[0]!);
    return { rows, metadata: model.metadata as unknown as Record<string, unknown>, msPerImage };
  }, batch);
}

/**
 * A page of the site with its model in place, the origins that it asked, and the backend that it got: another one where
 * the browser has not the wanted one.
 * @throws Error with what the page reported, where it fails
 */
export async function openPage(
  browser: Browser,
  origin: string,
  backend: BrowserBackend,
): Promise<{ page: Page; hosts: Set<string>; backend: string }> {
  const { page, hosts, ready } = await openReady(browser, `${origin}/?backend=${backend}`);
  return { page, hosts, backend: ready };
}

/**
 * A page whose body has got `data-ready`, what that holds, and the origins that it asked.
 * @throws Error with what the page reported, where it fails
 */
export async function openReady(
  browser: Browser,
  address: string,
): Promise<{ page: Page; hosts: Set<string>; ready: string }> {
  const page = await browser.newPage();
  const errors: string[] = [];
  const hosts = new Set<string>();
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('request', (request) => {
    const { protocol, origin: host } = new URL(request.url());
    if (/^https?:$/.test(protocol)) hosts.add(host);
  });
  await page.goto(address);
  try {
    await page.waitForSelector('body[data-ready]', { state: 'attached', timeout: 30_000 });
  } catch (error) {
    throw new Error(errors.join('\n') || String(error));
  }
  return { page, hosts, ready: (await page.getAttribute('body', 'data-ready')) ?? '' };
}
