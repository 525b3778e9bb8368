import { chmodSync, copyFileSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeTexts } from '../../../core/wrap/text/encoded.ts';
import { openTextEncoder, type TextEncoder } from '../../../core/wrap/text/encoder.ts';
import { expectFailure, put, temporaryFolder } from '../../data/folder.ts';
import { type TinyOptions, vectorOf, WORDS, writeTinyEncoder } from './tiny-encoder.ts';

/** The mean of these tokens' vectors. */
const meanOf = (...tokens: string[]) =>
  [0, 1, 2].map(
    (k) => tokens.reduce((sum, token) => sum + vectorOf(WORDS.indexOf(token))[k]!, 0) / tokens.length,
  );

const rounded = (rows: readonly ArrayLike<number>[]) =>
  rows.map((row) => Array.from(row, (x) => Math.round(1e5 * x) / 1e5));

async function encode(texts: readonly string[], options: TinyOptions = {}) {
  const encoder = await openTextEncoder(writeTinyEncoder(temporaryFolder(), options));
  try {
    return rounded(await encoder.encode(texts));
  } finally {
    await encoder.close();
  }
}

describe('a text encoder', () => {
  const texts = ['Egg, rice', 'soup', 'ramen'];
  const expected = rounded([
    meanOf('[CLS]', 'egg', ',', 'rice', '[SEP]'),
    meanOf('[CLS]', 'soup', '[SEP]'),
    meanOf('[CLS]', '[UNK]', '[SEP]'),
  ]);

  it.each<[string, TinyOptions]>([
    ['as many texts and tokens as there are', {}],
    ['32-bit token numbers', { ids: 'int32' }],
    ['fixed sizes', { shape: [2, 8] }],
    ["BERT's pooled output, which is not taken", { pooled: 'pooler_output' }],
  ])('is the mean of the tokens, padding left out: %s', async (_, options) => {
    expect(await encode(texts, options)).toEqual(expected);
  });

  it('gives its own embedding of the text where it has one', async () => {
    expect(await encode(['soup'], { pooled: 'sentence_embedding' })).toEqual(rounded([meanOf('[CLS]')]));
  });

  it('shortens what is too long, and closes it', async () => {
    expect(await encode(['egg rice soup soup soup'], { longest: 4 })).toEqual(
      rounded([meanOf('[CLS]', 'egg', 'rice', '[SEP]')]),
    );
  });

  it('has a key that changes with model, tokenizer and output', async () => {
    const keyOf = async (options: TinyOptions) => {
      const encoder = await openTextEncoder(writeTinyEncoder(temporaryFolder(), options));
      await encoder.close();
      return encoder.identity;
    };
    expect(await keyOf({})).toBe(await keyOf({}));
    const keys = await Promise.all(
      [{}, { longest: 4 }, { pooled: 'sentence_embedding' }, { ids: 'int32' as const }].map(keyOf),
    );
    expect(new Set(keys).size).toBe(4);
  });

  it('is refused where it is none, or its tokenizer is missing', async () => {
    const folder = temporaryFolder();
    await expectFailure(openTextEncoder(join(folder, 'none.onnx')), 'usage', 'tokenizer.json', 'ENOENT');
    writeTinyEncoder(folder);
    await expectFailure(openTextEncoder(join(folder, 'none.onnx')), 'usage', 'none.onnx', 'does not exist');
    const image = join(import.meta.dirname, '../../../core/cli/demo/classifier.onnx');
    copyFileSync(image, join(folder, 'image.onnx'));
    await expectFailure(
      openTextEncoder(join(folder, 'image.onnx')),
      'usage',
      'is no text encoder: its inputs are',
    );
    put(folder, 'tokenizer.json', '{"model": 1');
    await expectFailure(openTextEncoder(join(folder, 'encoder.onnx')), 'usage', 'is no tokenizer');
    renameSync(join(folder, 'encoder.onnx'), join(folder, 'x.onnx'));
  });
});

describe('encoded texts', () => {
  it('are kept, and only new ones encoded', async () => {
    const folder = temporaryFolder();
    const encoder = await openTextEncoder(writeTinyEncoder(temporaryFolder()));
    let encoded = 0;
    const counting: TextEncoder = {
      ...encoder,
      encode(texts) {
        encoded += texts.length;
        return encoder.encode(texts);
      },
    };
    const first = await encodeTexts(counting, ['egg', 'rice'], folder);
    const second = await encodeTexts(counting, ['rice', 'soup', 'egg'], folder);
    await encoder.close();
    expect([first.cached, second.cached, encoded]).toEqual([0, 2, 3]);
    expect([...second.vectors.get('egg')!]).toEqual([...first.vectors.get('egg')!]);
    expect(rounded([second.vectors.get('soup')!])).toEqual(rounded([meanOf('[CLS]', 'soup', '[SEP]')]));
    expect(readdirSync(join(folder, 'texts'))).toEqual([encoder.identity]);
  });

  it('are used where they cannot be kept', async () => {
    const folder = put(temporaryFolder(), 'file', '');
    chmodSync(folder, 0o444);
    const encoder = await openTextEncoder(writeTinyEncoder(temporaryFolder()));
    const { vectors, notices } = await encodeTexts(encoder, ['egg'], folder);
    await encoder.close();
    expect(vectors.size).toBe(1);
    expect(notices.join()).toContain('not kept for later runs');
  });
});
