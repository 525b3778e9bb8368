/** The compatibility matrix: every stage is tried for real, and what fails is told. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MATRIX_STAGES, matrixRow } from '../../core/wrap/matrix/matrix.ts';
import { matrixCases } from '../../scripts/matrix/cases.ts';
import { COMPATIBILITY_FILE } from '../../scripts/matrix/page.ts';
import { command } from '../cli/io.ts';
import { writeFixture } from '../onnx/support.ts';
import { tinyClassifier } from './tiny.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marnet-matrix-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('tries every stage with a model, and judges it by what came out', async () => {
  const model = join(folder, 'tiny.onnx');
  await writeFile(model, tinyClassifier());
  const judged: string[] = [];
  const row = await matrixRow('tiny', model, {
    folder,
    checker: async (file) => {
      judged.push(file);
      return file === model ? {} : { refused: 'too good to be true' };
    },
    runners: [{ engine: 'tfjs', device: 'cpu' }],
  });
  const results = Object.fromEntries(Object.entries(row.cells).map(([stage, { result }]) => [stage, result]));
  expect(results).toEqual({
    ...Object.fromEntries(MATRIX_STAGES.map((stage) => [stage, 'yes'])),
    checker: 'no',
  });
  expect(judged).toEqual([expect.stringMatching(/frozen.*\.onnx$/), model]);
  expect(row.elsewhere).toMatchObject({ tfjs: { frozen: { result: 'yes' }, full: { result: 'yes' } } });
  expect(row.cells.full.note).toMatch(/^loss \d\.\d\d to \d\.\d\d$/);
  expect(row.cells.checker.note).toBe('too good to be true');
});

it('does not judge by a checker that refuses the original', async () => {
  const model = join(folder, 'odd.onnx');
  await writeFile(model, tinyClassifier());
  const { cells } = await matrixRow('odd', model, { folder, checker: async () => ({ refused: 'odd' }) });
  expect(cells.checker).toEqual({
    result: 'skipped',
    note: 'the checker refuses the original already: odd',
  });
});

it('says what fails of a quantized model, with exit code 1', async () => {
  const { allFixtures } = await import('../../fixtures/index.ts');
  const model = writeFixture((await allFixtures()).get('qdq')!, join(folder, 'qdq'));
  const { code, stdout, stderr } = await command('matrix', model, '--json');
  expect(code).toBe(1);
  expect(JSON.parse(stdout).cells).toMatchObject({ frozen: { result: 'yes' }, full: { result: 'no' } });
  expect(stderr).toMatch(/qdq\/model.onnx, full: .*this model is quantized/);
});

it('says that a file is no model', async () => {
  const file = join(folder, 'text.onnx');
  await writeFile(file, 'no model at all');
  const { code, stdout } = await command('matrix', file);
  expect(code).toBe(1);
  expect(stdout).toMatch(/\| – \| \*\*no\*\* \| – \|/);
});

describe('docs/compatibility.md', () => {
  it('is of the fixtures there are, and no cell of it fails without a reason', async () => {
    const text = await readFile(COMPATIBILITY_FILE, 'utf8');
    const names = (await matrixCases()).map(({ name }) => name);
    const listed = [...text.matchAll(/^\| (?!Model|---)(\S+) \|/gm)].map((match) => match[1]!);
    expect(listed.filter((name) => !names.includes(name))).toEqual([]);
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
    expect(text).not.toContain('**no**');
    for (const [, name] of text.matchAll(/^\| (\S+) \|.*\| refused \|/gm))
      expect(text).toContain(`- **${name}**, `);
  });
});
