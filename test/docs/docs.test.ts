/** The documents are true: their TypeScript compiles, their links lead somewhere, they tell of all that is public. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { clientFile } from '../../codegen/client/client-file.ts';
import * as api from '../../core/index.ts';
import { wrapOptionsSchema } from '../../core/wrap/options.ts';
import { madeUpFacts } from '../codegen/client/facts.ts';
import { compileFolder } from './compile.ts';
import { anchorsOf, blocksOf, DOCUMENTS, linksOf, ROOT } from './markdown.ts';

/** Classes of the model that the documents speak of. */
const DISHES = ['burrito bowl', 'ramen', 'salmon salad'];

/** Kinds of blocks, and where they are tried; 'text' is for layouts of folders and output. */
const TRIED: Readonly<Record<string, string>> = {
  csv: 'data.test.ts',
  json: 'data.test.ts',
  sh: 'commands.test.ts, tools.test.ts',
  text: 'tools.test.ts: no commands are among them',
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
  expect(listed.sort()).toEqual(Object.keys(wrapOptionsSchema.entries).sort());
});
