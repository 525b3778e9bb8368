/**
 * Every `marnet-wrap` line of the documents' shell blocks, run in a folder with a model and photos as the documents
 * speak of them. Trainings get two epochs, and no comparison except on the whole example; the demo itself is only asked
 * for its help, as its own tests run it.
 */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from '../cli/io.ts';
import { writeTinyEncoder } from '../wrap/text/tiny-encoder.ts';
import { blocksOf, commandsOf, DOCUMENTS } from './markdown.ts';
import { parseLine } from './shell.ts';

const COMMANDS = new Set([
  'inspect',
  'eval',
  'predict',
  'unwrap',
  'vectors',
  'adapters',
  'matrix',
  'scaffold',
  'client',
  'data',
  'demo',
  'doctor',
  'help',
  'wrap',
]);
/** Images of each dish that are kept of the example, to be quick. */
const PER_DISH = 3;

const before = { folder: process.cwd(), cache: process.env.XDG_CACHE_HOME };
let folder = '';

/** model.onnx, photos/, photo.jpg, labels.txt with the photos' classes, and a merged.onnx that came of them. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marnet-docs-'));
  process.chdir(folder);
  process.env.XDG_CACHE_HOME = join(folder, 'cache');
  expect((await command('demo', '--write-example', 'example')).code).toBe(0);
  await copyFile('example/model.onnx', 'model.onnx');
  await mkdir('photos');
  const [header, ...rows] = (await readFile('example/dishes/metadata.csv', 'utf8')).trim().split('\n');
  const kept = rows.filter((row) => Number(/-(\d+)\.jpg,/.exec(row)![1]) <= PER_DISH);
  const files = kept.map((row) => row.split(',')[0]!);
  for (const file of files) await copyFile(join('example/dishes', file), join('photos', file));
  await writeFile('photos/metadata.csv', `${[header, ...kept].join('\n')}\n`);
  await copyFile(join('photos', files[0]!), 'photo.jpg');
  const classes = new Set(kept.map((row) => row.split(',')[1]!));
  await writeFile('labels.txt', [...classes].map((label) => `${label}\n`).join(''));
  await writeFile('dishes.txt', [...classes].map((label) => `${label}: a dish on a plate\n`).join(''));
  await writeFile('vectors.txt', 'egg 1 0 2\nrice 0 1 -1\n');
  await mkdir('encoder');
  writeTinyEncoder('encoder');
  await run('marnet-wrap model.onnx --data photos --labels labels.txt --out prepared.onnx');
});

afterAll(async () => {
  process.chdir(before.folder);
  if (before.cache === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before.cache;
  await rm(folder, { recursive: true, force: true });
});

async function run(text: string): Promise<void> {
  const { words, into } = parseLine(text);
  const args = words.slice(1);
  const trains = args[0] === 'wrap' || (!COMMANDS.has(args[0]!) && !args[0]!.startsWith('-'));
  if (args[0] === 'demo' && !args.includes('--write-example')) args.push('--help');
  if (trains && !args.includes('--help')) {
    args.push('--epochs', '2');
    const compares = args.includes('example/dishes') || args.some((arg) => /^--(no-)?compare$/.test(arg));
    if (!compares) args.push('--no-compare');
    await begin(args);
  }
  const { code, stdout, stderr } = await command(...args);
  if (into !== undefined) await writeFile(into, stdout);
  expect({ text, code, stderr: code === 0 ? '' : stderr }).toEqual({ text, code: 0, stderr: '' });
}

/** The run that a line with --resume goes on with. */
async function begin(args: readonly string[]): Promise<void> {
  const at = args.indexOf('--resume');
  if (at < 0) return;
  const named = args[at + 1] !== undefined && !args[at + 1]!.startsWith('-') ? args[at + 1] : undefined;
  const others = [...args.slice(0, at), ...args.slice(at + (named === undefined ? 1 : 2))];
  expect((await command(...others, ...(named === undefined ? [] : ['--run', named]))).code).toBe(0);
}

describe.each(DOCUMENTS.map((document) => [document.path, document] as const))('%s', (_, document) => {
  const lines = blocksOf(document)
    .filter((block) => block.language === 'sh')
    .flatMap(commandsOf)
    .filter((text) => text.startsWith('marnet-wrap '));
  // Whatever the document before has made of it.
  beforeAll(() => copyFile('prepared.onnx', 'merged.onnx'));
  if (lines.length > 0) it.each(lines)('%s', run);
  else it('has no commands to run', () => expect(lines).toEqual([]));
});

it('left the folder that it began with', async () => {
  expect(await readdir('photos')).toContain('metadata.csv');
});
