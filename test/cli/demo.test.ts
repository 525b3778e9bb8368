import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHIPPED_CLASSIFIER } from '../../core/cli/demo/classifier.ts';
import { spread } from '../../core/cli/demo/contest.ts';
import { NEW_DISHES } from '../../core/cli/demo/plates.ts';
import { main } from '../../core/cli/program.ts';
import { command, TestIo } from './io.ts';

let folder: string;
const before = process.env.TMPDIR;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-'));
  // What the demo makes, and has to remove, is then known to be its own.
  process.env.TMPDIR = folder;
});
afterAll(async () => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  await rm(folder, { recursive: true, force: true });
});

/**
 * The inference engine keeps a log and a session file of its own in the temporary folder, and tsx, which reads the sources
 * for the threads that images run on, its cache.
 */
async function leftBehind(): Promise<string[]> {
  return (await readdir(folder)).filter(
    (name) => name !== '.ses' && !name.startsWith('mat-debug-') && !/^tsx-\d+$/.test(name),
  );
}

describe('the demo', () => {
  it('trains three ways, prints a row for each, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await command('demo', '--seeds', '1', '--epochs', '1');
    expect(code).toBe(0);
    const cell = '\\d+\\.\\d ± 0\\.0 %';
    for (const name of ['Base features \\+ linear layer', 'Plain fine-tuning', 'MARNet'])
      expect(stdout).toMatch(new RegExp(`${name} +${cell} +${cell}\n`));
    expect(stdout).toContain('over 1 seed, 1 epoch each');
    expect(stderr).toContain('Feature layer: features');
    expect(await leftBehind()).toEqual([]);
  });

  it('stops at Ctrl-C, and leaves nothing behind then either', async () => {
    const io = new TestIo();
    const err = io.err.bind(io);
    io.err = (text) => {
      err(text);
      if (text.startsWith('Feature layer')) io.interrupt();
    };
    expect(await main(['demo'], io)).toBe(130);
    expect(io.stdout).toBe('');
    expect(io.stderr).toContain('Stopping after the current step');
    expect(await leftBehind()).toEqual([]);
  });
});

describe('the example', () => {
  it('is the shipped model and a data folder in the layout of a user', async () => {
    const example = join(folder, 'example');
    const { code, stdout } = await command('demo', '--write-example', example);
    expect(code).toBe(0);
    expect(stdout).toContain(`marnet-wrap ${example}/model.onnx --data ${example}/dishes`);
    const [model, shipped] = await Promise.all(
      [join(example, 'model.onnx'), SHIPPED_CLASSIFIER].map((f) => readFile(f)),
    );
    expect(model!.equals(shipped!)).toBe(true);
    const rows: Record<string, string>[] = parse(await readFile(join(example, 'dishes/metadata.csv')), {
      columns: true,
    });
    const files = (await readdir(join(example, 'dishes'))).filter((name) => name.endsWith('.jpg'));
    expect(rows.map((row) => row.file_name).sort()).toEqual(files.sort());
    expect(new Set(rows.map((row) => row.label))).toEqual(new Set(NEW_DISHES.map((dish) => dish.name)));
    for (const row of rows)
      expect(row.text).toBe(NEW_DISHES.find((dish) => dish.name === row.label)!.ingredients.join(', '));
  });
});

it('the shipped classifier is under 400 KB', async () => {
  expect((await readFile(SHIPPED_CLASSIFIER)).length).toBeLessThan(400_000);
});

it('mean and deviation are those of the sample', () => {
  // 2, 4, 4, 4, 5, 5, 7, 9: squares around the mean of 5 sum to 32; 32 / 7 is the sample's variance.
  const { mean, deviation } = spread([2, 4, 4, 4, 5, 5, 7, 9]);
  expect(mean).toBe(5);
  expect(deviation).toBeCloseTo(Math.sqrt(32 / 7), 12);
  expect(spread([3])).toEqual({ mean: 3, deviation: 0 });
});
