/** The whole job on texts of each kind, and first values of words. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildVocabulary } from '../../../core/data/text/bags.ts';
import { type WrapEvent, type WrapOptionsInput, wrap } from '../../../core/index.ts';
import { wordTable } from '../../../core/wrap/text/word-table.ts';
import { expectFailure } from '../../data/folder.ts';
import { colourFolder, tinyClassifier } from '../tiny.ts';
import { writeTinyEncoder } from './tiny-encoder.ts';

let root: string;
let vectors: string;
let encoder: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'marnet-texts-'));
  await colourFolder(join(root, 'colours'), 6);
  writeFileSync(join(root, 'tiny.onnx'), tinyClassifier({ classes: 5 }));
  vectors = join(root, 'vectors.txt');
  writeFileSync(vectors, 'green 1 0 0\nred 0 2 0\nblue 0 0 1\nplant 1 1 1\nother 9 9 9\n');
  encoder = writeTinyEncoder(root);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function run(name: string, options: WrapOptionsInput) {
  const job = wrap(join(root, 'tiny.onnx'), join(root, 'colours'), {
    out: join(root, `${name}.onnx`),
    runFolder: join(root, name),
    cacheFolder: join(root, 'cache'),
    compare: false,
    training: { epochs: 3, batch: 8 },
    ...options,
  });
  const events: WrapEvent[] = [];
  for await (const event of job) events.push(event);
  const notices = events.flatMap((event) => (event.type === 'notice' ? event.message : []));
  return { result: await job.result, notices: notices.join('\n') };
}

describe('the main job', () => {
  it('starts from word vectors, and says how many words have one', async () => {
    const { result, notices } = await run('vectors', { wordVectors: vectors });
    expect(notices).toContain('4 of the 7 words in the training texts are among the 5 of');
    expect(result.best.text).toBeLessThan(2);
    // Another file is another training.
    const other = join(root, 'other.txt');
    writeFileSync(other, 'green 1 0 0\nred 0 2 5\n');
    await expectFailure(run('vectors', { wordVectors: other, resume: true }), 'resume');
  });

  it('takes a text encoder, whose results are kept', async () => {
    const first = await run('first encoded', { textEncoder: encoder });
    expect(first.notices).toContain('3 values a text, for 3 different training texts');
    expect(first.result.best.ema).toBeGreaterThan(0);
    const second = await run('encoded again', { textEncoder: encoder });
    expect(second.notices).toContain('3 of the texts come from the cache');
    expect(second.result.best.loss).toBe(first.result.best.loss);
  });

  it('refuses what does not go together, or is not there', async () => {
    await expectFailure(() => wrap('m', 'd', { textEncoder: 'e', wordVectors: 'v' }), 'usage', 'not by both');
    await expectFailure(() => wrap('m', 'd', { tokenizer: 't.json' }), 'usage', '"t.json"');
    const over = { textEncoder: 'a/e.onnx', out: 'a/../a/e.onnx' };
    await expectFailure(() => wrap('m', 'd', over), 'usage', 'would be written over');
    await expectFailure(run('none', { wordVectors: join(root, 'none.txt') }), 'data', 'none.txt', 'ENOENT');
  });
});

describe('first values of words', () => {
  it('are pretrained, random where there are none, and zero for parts and for tags of known words', () => {
    const vocabulary = buildVocabulary(['egg, fried rice, soy sauce, ramen']);
    const pretrained = new Map([
      ['egg', Float32Array.of(3, 4)],
      ['rice', Float32Array.of(0, -2)],
      ['soy_sauce', Float32Array.of(1, 0)],
    ]);
    const { table, words, found } = wordTable(vocabulary, { width: 2, vectors: pretrained, words: 3 }, 1);
    const rowOf = (feature: string) => {
      const i = vocabulary.index.get(feature)!;
      return [...(table.data as Float32Array).subarray(2 * i, 2 * i + 2)].map(
        (x) => Math.round(1e4 * x) / 1e4,
      );
    };
    expect([words, found]).toEqual([6, 2]);
    expect(rowOf('egg')).toEqual([0.6, 0.8]);
    expect(rowOf('rice')).toEqual([0, -1]);
    expect(rowOf('soy sauce')).toEqual([1, 0]);
    expect(rowOf('fried rice')).toEqual([0, 0]);
    expect(Math.hypot(...rowOf('ramen'))).toBeCloseTo(1, 3);
    expect(
      vocabulary.features
        .filter((each) => each.startsWith('#'))
        .flatMap(rowOf)
        .every((x) => x === 0),
    ).toBe(true);
  });
});
