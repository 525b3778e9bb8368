/** A scaffolded adapter compiles, knows its model, passes its own test, and keeps what a person wrote. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerAdapter, unregisterAdapter } from '../../adapters/registry.ts';
import type { Constant } from '../../core/graph/index.ts';
import { defineAdapter } from '../../core/index.ts';
import { allArchitectures } from '../../fixtures/index.ts';
import { command } from '../cli/io.ts';
import { compileFolder } from '../docs/compile.ts';
import { ROOT } from '../docs/markdown.ts';
import { writeFixture } from '../onnx/support.ts';
import { tinyClassifier } from '../wrap/tiny.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marnet-scaffold-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('an adapter of a network without family', () => {
  let adapter = '';
  let model = '';
  beforeAll(async () => {
    model = join(folder, 'tiny.onnx');
    adapter = join(folder, 'my.adapter.ts');
    await writeFile(model, tinyClassifier());
    const { code, stderr } = await command('scaffold', model, '-o', adapter);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('knows its model, and tells it from another', async () => {
    const told = await command('inspect', model, '--adapter', adapter, '--json');
    const { adapters, adapterProblem, sites, stages } = JSON.parse(told.stdout);
    expect(adapters[0]).toMatchObject({ name: 'my', because: 'it has the weights of this network' });
    expect(adapterProblem).toBeUndefined();
    expect(sites[0].reason).toMatch(/^the adapter "my" says so/);
    expect(stages.map(({ name }: { name: string }) => name)).toEqual(['maps of 1/2', 'maps of 1/4']);
    const other = join(folder, 'other.onnx');
    await writeFile(other, tinyClassifier({ classes: 4 }));
    const { stdout } = await command('inspect', other, '--adapter', adapter);
    expect(stdout).toMatch(/my \(.*\) does not match: it has no weight "fc.bias" \[3\]/);
  });

  it('says its candidates and reasons in comments', async () => {
    const text = await readFile(adapter, 'utf8');
    expect(text).toMatch(/ \* - Taken: \S+ \[N, 12\]: Gemm .* makes 3 class scores of its 12 features/);
    expect(text).toContain('Preprocessing is assumed');
  });

  it('has a test beside it that passes', () => {
    const MARNET_WRAP = `${process.execPath} ${join(ROOT, 'node_modules/tsx/dist/cli.mjs')} ${join(ROOT, 'core/cli/main.ts')}`;
    const told = execFileSync(
      process.execPath,
      ['--test', '--test-reporter=tap', join(folder, 'my.adapter.test.mjs')],
      {
        encoding: 'utf8',
        env: { ...process.env, MARNET_WRAP },
      },
    );
    expect(told).toMatch(/^# pass 2$/m);
  });

  it('is updated for a newer model, and keeps what a person wrote', async () => {
    const before = await readFile(adapter, 'utf8');
    const mine = before
      .replace("about: 'the network of tiny.onnx'", "about: 'ours', // a note")
      .replace('export default', '// Asked for by the kitchen.\nexport default');
    await writeFile(adapter, mine);
    await writeFile(model, tinyClassifier({ classes: 5 }));
    const { stdout } = await command('scaffold', model, '-o', adapter);
    expect(stdout).toMatch(/^Updated/);
    const after = await readFile(adapter, 'utf8');
    expect(after).toContain('[5, 12]');
    expect(after).not.toContain('[3, 12]');
    const rest = (text: string) => text.slice(text.indexOf('// Asked for'));
    expect(rest(after)).toBe(rest(mine));
    expect((await command('inspect', model, '--adapter', adapter)).stdout).toContain('my (');
  });
});

it('of a family has its stages, and the matrices that another adapter names, and compiles under strict', async () => {
  const fixture = (await allArchitectures()).get('vit-torch2')!;
  const model = writeFixture(fixture, join(folder, 'vit'));
  const adapter = join(folder, 'vit.adapter.ts');
  expect((await command('scaffold', model, '-o', adapter)).code).toBe(0);
  const text = await readFile(adapter, 'utf8');
  expect(text).toMatch(/name: 'block 3'/);
  expect(text).not.toContain('loraTargets');

  const isMatrix = ({ dims }: Constant): boolean => dims.length === 2;
  registerAdapter(
    defineAdapter({
      name: 'narrow',
      matches: () => true,
      specificity: 90,
      loraTargets: ({ constants }) =>
        [...constants].flatMap(([name, constant]) => (isMatrix(constant) ? [name] : [])).slice(0, 2),
    }),
  );
  const narrow = join(folder, 'narrow.adapter.ts');
  try {
    expect((await command('scaffold', model, '-o', narrow)).code).toBe(0);
  } finally {
    unregisterAdapter('narrow');
  }
  expect(await readFile(narrow, 'utf8')).toContain('loraTargets: () => generated.loraTargets');
  expect(await compileFolder(folder)).toBe('');
});

it('never overwrites what it did not write', async () => {
  const other = join(folder, 'other.ts');
  await writeFile(other, 'export const a = 1;\n');
  const model = join(folder, 'again.onnx');
  await writeFile(model, tinyClassifier());
  const { code, stderr } = await command('scaffold', model, '-o', other);
  expect(code).toBe(2);
  expect(stderr).toMatch(/other.ts is there already, and declares no "generated"/);
  expect(await readFile(other, 'utf8')).toBe('export const a = 1;\n');
});
