/** The documents are true: their TypeScript compiles, their commands run, their links lead somewhere. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { clientFile } from '../../codegen/client/client-file.ts';
import * as api from '../../core/index.ts';
import { wrapOptionsSchema } from '../../core/wrap/options.ts';
import { madeUpFacts } from '../codegen/client/facts.ts';
import { compileFolder } from './compile.ts';
import { anchorsOf, blocksOf, commandsOf, DOCUMENTS, linksOf, ROOT } from './markdown.ts';

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
  bin: Record<string, string>;
  devDependencies: Record<string, string>;
};

/** Classes of the model that the documents speak of. */
const DISHES = ['burrito bowl', 'ramen', 'salmon salad'];

/** Kinds of blocks, and where they are tried; 'text' is for layouts of folders, output, and what takes too long. */
const TRIED: Readonly<Record<string, string>> = {
  csv: 'data.test.ts',
  json: 'data.test.ts',
  sh: 'commands.test.ts',
  text: '',
  ts: 'this file',
  yaml: 'workflows.test.ts',
};

it('has documents with blocks of each kind, and of no kind that nothing tries', () => {
  const languages = new Set(DOCUMENTS.flatMap((document) => blocksOf(document).map((b) => b.language)));
  expect([...languages].sort()).toEqual(Object.keys(TRIED));
});

it('compiles every block of TypeScript under the project’s own settings', async () => {
  // Inside the project, so that the packages that a block imports are found.
  const folder = await mkdtemp(join(ROOT, 'node_modules/.docs-'));
  const pages = await mkdtemp(join(ROOT, 'node_modules/.docs-'));
  try {
    for (const [place, platform] of [
      [folder, 'node'],
      [pages, 'browser'],
    ] as const)
      await writeFile(
        join(place, 'classifier.ts'),
        clientFile(madeUpFacts({ labels: DISHES }), platform).text,
      );
    for (const document of DOCUMENTS) {
      for (const { language, line, code } of blocksOf(document)) {
        if (language !== 'ts') continue;
        const name = `${document.path.replaceAll('/', '-').replace(/\.md$/, '')}-line-${line}.ts`;
        // A block without imports is a module too: two of them may use one name.
        const place = /\bdocument\./.test(code) ? pages : folder;
        await writeFile(join(place, name), `${code}\nexport {};\n`);
      }
    }
    expect(await compileFolder(folder)).toBe('');
    expect(await compileFolder(pages, { lib: ['es2023', 'dom'] })).toBe('');
  } finally {
    for (const place of [folder, pages]) await rm(place, { recursive: true, force: true });
  }
});

const shellLines = DOCUMENTS.flatMap((document) =>
  blocksOf(document)
    .filter((block) => block.language === 'sh')
    .flatMap((block) => commandsOf(block).map((text) => ({ where: `${document.path}:${block.line}`, text }))),
);

it('names npm scripts and commands that exist', () => {
  const known = (text: string): boolean => {
    const [tool, first, second] = text.split(/\s+/);
    if (tool === 'npx') return first! in manifest.bin || first! in manifest.devDependencies;
    if (tool !== 'npm') return true;
    return first === 'run'
      ? second! in manifest.scripts
      : first === 'test' || first === 'ci' || first === 'link';
  };
  const wrong = shellLines.flatMap(({ where, text }) =>
    text
      .split('&&')
      .map((part) => part.trim())
      .filter((part) => !known(part))
      .map((part) => `${where}: ${part}`),
  );
  expect(wrong).toEqual([]);
});

it('links to files and headings that exist', () => {
  const wrong: string[] = [];
  for (const document of DOCUMENTS) {
    for (const link of linksOf(document)) {
      if (/^[a-z]+:/.test(link)) continue;
      const [file, anchor] = link.split('#') as [string, string | undefined];
      const path = file === '' ? document.path : join(dirname(document.path), file);
      const target = DOCUMENTS.find((other) => other.path === path.replaceAll('\\', '/'));
      if (!existsSync(join(ROOT, path))) wrong.push(`${document.path}: ${link}`);
      else if (anchor !== undefined && !(target && anchorsOf(target).includes(anchor)))
        wrong.push(`${document.path}: ${link}`);
    }
  }
  expect(wrong).toEqual([]);
});

const apiDocument = DOCUMENTS.find((document) => document.path === 'docs/api.md')!;

it('tells of everything that is public', () => {
  expect(Object.keys(api).filter((name) => !apiDocument.text.includes(name))).toEqual([]);
});

it('lists the options of wrap, all of them and no others', () => {
  const table = /^\| Option \| Default .*\n\|[-|]+\n((?:\|.*\n)+)/m.exec(apiDocument.text)![1]!;
  const cells = table.split('\n').map((row) => row.split('|')[1] ?? '');
  const listed = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map((match) => match[1]!));
  expect(listed.sort()).toEqual(Object.keys(wrapOptionsSchema.shape).sort());
});
