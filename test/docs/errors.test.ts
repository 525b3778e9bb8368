/** docs/errors.md has a row for each code of core/errors.ts, with a cause and a remedy, and no other; tests meet them all. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DOCUMENTS, ROOT } from './markdown.ts';

const source = readFileSync(join(ROOT, 'core/errors.ts'), 'utf8');
const codes = [...source.slice(0, source.indexOf('export interface')).matchAll(/^ {2}\| '([\w-]+)'/gm)].map(
  (match) => match[1]!,
);
const { text } = DOCUMENTS.find(({ path }) => path === 'docs/errors.md')!;
const rows = [...text.matchAll(/^\| `([\w-]+)` \| (.+) \| (.+) \|$/gm)];

it('lists every error code, in the order of the source', () => {
  expect(codes.length).toBeGreaterThan(10);
  expect(rows.map((row) => row[1])).toEqual(codes);
});

it('says a cause and a remedy of each', () => {
  for (const [, code, cause, remedy] of rows)
    expect(
      [cause, remedy].every((cell) => cell!.length > 10),
      code,
    ).toBe(true);
});

it('has a test that meets each', () => {
  const tests = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(ROOT, 'test', file), 'utf8'))
    .join('\n');
  const unmet = codes.filter((code) => !new RegExp(`\\bcode\\b.{0,30}'${code}'`).test(tests));
  expect(unmet).toEqual([]);
});
