/** The files that docs/data.md shows, laid beside images, are read as the page says. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadDataset } from '../../core/data/dataset.ts';
import { blocksOf, DOCUMENTS } from './markdown.ts';

const blocks = blocksOf(DOCUMENTS.find(({ path }) => path === 'docs/data.md')!);
/** Those that a test has read. */
const tried = new Set<string>();

/** A list is kept as one, so that its parts stay apart. */
const TAGS = JSON.stringify(['egg', 'rice', 'spring onion']);

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'marnet-docs-data-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** What is read of such images and the one block of the page that has `part`, as a file. */
async function samplesOf(images: readonly string[], file: string, part: string) {
  const shown = blocks.filter(({ language, code }) => language !== 'sh' && code.includes(part));
  expect(shown).toHaveLength(1);
  tried.add(shown[0]!.code);
  const folder = await mkdtemp(join(root, 'photos-'));
  for (const image of images) {
    await mkdir(dirname(join(folder, image)), { recursive: true });
    await writeFile(join(folder, image), '');
  }
  const path = join(folder, file);
  await writeFile(path, `${shown[0]!.code}\n`);
  const classTexts = file === 'dishes.txt' ? path : undefined;
  const { samples, test, classes } = await loadDataset(folder, { purpose: 'evaluate', classTexts });
  return [...samples, ...test].map(({ id, label, text, split }) => [id, classes[label], text, split]);
}

it('metadata.csv', async () => {
  expect(await samplesOf(['a/01.jpg', 'a/02.jpg'], 'metadata.csv', 'file_name,label,text,split')).toEqual([
    ['a/01.jpg', 'fried rice', 'egg, rice, spring onion', 'train'],
    ['a/02.jpg', 'ramen', 'noodles, egg, pork, soy sauce', 'test'],
  ]);
});

it('metadata.jsonl', async () => {
  expect(await samplesOf(['a/01.jpg', 'a/02.jpg'], 'metadata.jsonl', '{"file_name": ')).toEqual([
    ['a/01.jpg', 'fried rice', TAGS, 'train'],
    ['a/02.jpg', 'ramen', 'noodles and egg in a broth', 'test'],
  ]);
});

it('a table of any name', async () => {
  expect(await samplesOf(['photos/01.jpg', 'photos/02.jpg'], 'menu.csv', 'image,dish,')).toEqual([
    ['photos/01.jpg', 'fried rice', 'egg, rice, spring onion', 'train'],
    ['photos/02.jpg', 'ramen', 'noodles, egg, pork', 'holdout'],
  ]);
});

it.each([
  ['classes.json', '{"fried rice": ', TAGS],
  ['dishes.txt', 'fried rice: egg', 'egg, rice, spring onion'],
])('texts of classes in %s', async (file, part, text) => {
  expect(await samplesOf(['fried rice/1.jpg', 'ramen/1.jpg'], file, part)).toEqual([
    ['fried rice/1.jpg', 'fried rice', text, 'holdout'],
    ['ramen/1.jpg', 'ramen', 'noodles in a broth', 'holdout'],
  ]);
});

it('and no document has another table or JSON', () => {
  const all = DOCUMENTS.flatMap(blocksOf).filter(({ language }) => language === 'csv' || language === 'json');
  expect(all.filter(({ code }) => !tried.has(code))).toEqual([]);
});
