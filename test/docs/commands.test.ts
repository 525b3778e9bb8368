/**
 * Every `marnet-wrap` line of the documents' shell blocks, run in a folder with a model and photos as the documents
 * speak of them. Trainings get two epochs, and no comparison except on the whole example; the demo itself is only asked
 * for its help, as its own tests run it.
 */
import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { command } from '../cli/io.ts';
import { fetchExample, layExampleFolder } from './example-folder.ts';
import { commandNames } from './help.ts';
import { blocksOf, commandsOf, DOCUMENTS } from './markdown.ts';
import { parseLine } from './shell.ts';

const COMMANDS = new Set(await commandNames());

const before = { folder: process.cwd(), cache: process.env.XDG_CACHE_HOME };
let folder = '';

/** What documents speak of, and a merged model that came of it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marnet-docs-'));
  process.chdir(folder);
  process.env.XDG_CACHE_HOME = join(folder, 'cache');
  vi.stubGlobal('fetch', fetchExample);
  expect((await command('demo', '--write-example', 'example')).code).toBe(0);
  await layExampleFolder();
  await run('marnet-wrap model.onnx --data photos --labels labels.txt --out prepared.onnx');
});

afterAll(async () => {
  vi.unstubAllGlobals();
  process.chdir(before.folder);
  if (before.cache === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before.cache;
  await rm(folder, { recursive: true, force: true });
});

async function run(text: string): Promise<void> {
  const { words, into } = parseLine(text);
  const args = words.slice(words.indexOf('marnet-wrap') + 1);
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
    .filter((text) => /^(npx )?marnet-wrap /.test(text));
  // Whatever the document before has made of it. A base model is compared on classes that are its own.
  const compares = lines.some((line) => line.endsWith('--base model.onnx'));
  beforeAll(async () => {
    await copyFile('prepared.onnx', 'merged.onnx');
    await copyFile(compares ? 'base.onnx' : 'example/model.onnx', 'model.onnx');
  });
  if (lines.length > 0) it.each(lines)('%s', run);
  else it('has no commands to run', () => expect(lines).toEqual([]));
});

it('left the folder that it began with', async () => {
  expect(await readdir('photos')).toContain('metadata.csv');
});
