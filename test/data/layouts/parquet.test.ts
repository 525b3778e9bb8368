import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../../core/data/dataset.ts';
import { expectFailure, put, putImages, smallPng, temporaryFolder } from '../folder.ts';

/** What `huggingface_parquet.py` wrote. */
const WRITTEN = join(import.meta.dirname, 'huggingface');

function hub(): { readonly root: string; readonly cacheFolder: string } {
  const root = temporaryFolder();
  mkdirSync(join(root, 'data'));
  for (const name of readdirSync(WRITTEN)) copyFileSync(join(WRITTEN, name), join(root, 'data', name));
  put(root, 'README.md', '# A dataset');
  return { root, cacheFolder: temporaryFolder() };
}

describe('a dataset of the Hugging Face hub', () => {
  it('gives embedded images, class names, lists as texts and splits of its file names', async () => {
    const { root, cacheFolder } = hub();
    const data = await loadDataset(root, { cacheFolder, holdout: 0 });
    expect(data.classes).toEqual(['egg fried rice', 'ramen']);
    expect(data.samples.map(({ id, label, text, split }) => [id, label, text, split])).toEqual([
      ['data/train-00000-of-00002.parquet#0', 0, '["egg","rice"]', 'train'],
      ['data/train-00000-of-00002.parquet#1', 1, undefined, 'train'],
      ['data/train-00001-of-00002.parquet#0', 0, '["egg","rice"]', 'train'],
      ['data/train-00001-of-00002.parquet#1', 1, undefined, 'train'],
    ]);
    // Of three test rows one has the class -1, as the hub writes labels that are kept secret.
    expect(data.test).toHaveLength(2);
    expect(data.notices.join('\n')).toContain('test-00000-of-00001.parquet: 1 row without a label left out');
    expect(data.notices.join('\n')).toContain('"n"');
    const colours = await Promise.all(
      data.samples.map(async ({ file }) => [...(await sharp(file).raw().toBuffer()).subarray(0, 3)]),
    );
    expect(colours).toEqual([0, 1, 2, 3].map((i) => [40 * i, 200, 40]));
    expect(data.why).toContain('path in "image", label in "label", text in "tags"');
  });

  it('is unpacked once, and whole or not at all', async () => {
    const { root, cacheFolder } = hub();
    const first = await loadDataset(root, { cacheFolder });
    const times = first.samples.map(({ file }) => statSync(file).mtimeMs);
    const second = await loadDataset(join(root, 'data'), { cacheFolder });
    expect(second.samples.map(({ file }) => file)).toEqual(first.samples.map(({ file }) => file));
    expect(second.samples.map(({ file }) => statSync(file).mtimeMs)).toEqual(times);
    expect(readdirSync(join(cacheFolder, 'unpacked')).every((name) => /^[0-9a-f]{64}$/.test(name))).toBe(
      true,
    );
  });

  it('says where images cannot be unpacked', async () => {
    const { root, cacheFolder } = hub();
    put(cacheFolder, 'unpacked', 'a file');
    const failure = await expectFailure(
      loadDataset(root, { cacheFolder }),
      'output',
      'test-00000-of-00001.parquet',
    );
    expect(failure.hint).toContain('--cache');
  });
});

describe('Parquet', () => {
  const written = (
    columns: Parameters<typeof parquetWriteBuffer>[0]['columnData'],
    root = temporaryFolder(),
  ) => {
    put(root, 'photos.parquet', new Uint8Array(parquetWriteBuffer({ columnData: columns, rowGroupSize: 2 })));
    return root;
  };

  it('with paths is a table like any other, over several row groups', async () => {
    const root = temporaryFolder();
    await putImages(root, 'a.png', 'b.png', 'c.png', 'd.png', 'e.png');
    written(
      [
        { name: 'image_path', data: ['a.png', 'b.png', 'c.png', 'd.png', 'e.png'] },
        { name: 'category', data: ['x', 'y', 'x', 'y', 'y'] },
        { name: 'caption', data: ['one thing', null, 'three', 'four', 'five'] },
        { name: 'n', data: [1n, 2n, 3n, 4n, 5n] },
      ],
      root,
    );
    const data = await loadDataset(root, { holdout: 0 });
    expect(data.samples.map(({ id, label, text }) => [id, label, text])).toEqual([
      ['a.png', 0, 'one thing'],
      ['b.png', 1, undefined],
      ['c.png', 0, 'three'],
      ['d.png', 1, 'four'],
      ['e.png', 1, 'five'],
    ]);
  });

  it('may hold images as bare bytes', async () => {
    const png = new Uint8Array(await smallPng());
    const root = written([
      { name: 'picture', data: [png, png, png], type: 'BYTE_ARRAY' },
      { name: 'label', data: ['x', 'y', 'x'] },
    ]);
    const data = await loadDataset(root, { cacheFolder: temporaryFolder(), holdout: 0 });
    expect(data.layout).toBe('images held in photos.parquet');
    expect(readFileSync(data.samples[2]!.file).equals(Buffer.from(png))).toBe(true);
  });

  it('names the row of what is wrong, and a file that is none', async () => {
    const root = temporaryFolder();
    await putImages(root, 'a.png', 'b.png');
    written(
      [
        { name: 'path', data: ['a.png', 'b.png', 'gone.png'] },
        { name: 'label', data: ['x', 'y', 'y'] },
      ],
      root,
    );
    await expectFailure(loadDataset(root), 'data', 'photos.parquet', '"gone.png" (row 2)');
    put(root, 'photos.parquet', 'PAR1 but no more');
    await expectFailure(loadDataset(root), 'data', 'photos.parquet cannot be read as Parquet');
  });
});
