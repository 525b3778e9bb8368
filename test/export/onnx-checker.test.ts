import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type WrapOptionsInput, wrap } from '../../core/index.ts';
import { colourFolder, tinyClassifier } from '../wrap/tiny.ts';

/** Python interpreters whose onnx package judges, separated by colons. */
const PYTHONS = (process.env.MARNET_ONNX_PYTHONS ?? '/usr/bin/python3').split(':');
const judges = PYTHONS.filter((python) => spawnSync(python, ['-c', 'import onnx']).status === 0);
if (judges.length === 0)
  console.warn(
    `no onnx package for ${PYTHONS.join(', ')}: its checker cannot judge the exported models here`,
  );

const node = (...parts: string[]): string => join(import.meta.dirname, '../../node_modules', ...parts);
const detypify = node('detypify-service', 'train', 'model.onnx');
const paddle = node('@gutenye', 'ocr-models', 'assets', 'ch_ppocr_mobile_v2.0_cls_infer.onnx');

let root: string;
let data: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'marnet-checker-'));
  data = await colourFolder(join(root, 'colours'), 4);
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function exported(name: string, model: string, options: WrapOptionsInput): Promise<string> {
  const run = wrap(model, data, {
    out: join(root, `${name}.onnx`),
    runFolder: join(root, name),
    cacheFolder: join(root, 'cache'),
    compare: false,
    ...options,
    training: { epochs: 1, batch: 6 },
  });
  return (await run.result).path;
}

describe.skipIf(judges.length === 0)("onnx's own checker, full check", () => {
  it('accepts every kind of exported model', async () => {
    const files: string[] = [];
    const labels = ['leaf', 'sky', 'tomato'];
    for (const opset of [9, 13, 17, 21]) {
      const model = join(root, `tiny-${opset}.onnx`);
      await writeFile(model, tinyClassifier({ opset, classes: 3 }));
      files.push(await exported(`kept-${opset}`, model, { labels }));
      files.push(await exported(`new-${opset}`, model, { classes: 'new', tune: 'full' }));
    }
    const model = join(root, 'tiny-17.onnx');
    files.push(await exported('external', model, { labels, externalData: true }));
    files.push(await exported('no-ema', model, { labels, heads: { ema: false } }));
    files.push(await exported('no-cdr', model, { labels, heads: { cdr: false } }));
    files.push(await exported('plain', model, { labels, heads: { ema: false, cdr: false } }));
    files.push(await exported('detypify', detypify, {}));
    files.push(await exported('paddle', paddle, {}));
    for (const python of judges) {
      const checker = join(import.meta.dirname, '../judges/onnx_checker.py');
      const { status, stdout } = spawnSync(python, [checker, ...files], { encoding: 'utf8' });
      expect(stdout.split('\n').filter((line) => line.startsWith('refused'))).toEqual([]);
      expect(status).toBe(0);
    }
  }, 300_000);
});
