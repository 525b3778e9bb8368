/** Adapters from files, configurations and packages, as the command line finds them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registeredAdapters } from '../../adapters/registry.ts';
import { command } from '../cli/io.ts';
import { tinyClassifier } from '../wrap/tiny.ts';

const before = process.cwd();
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marnet-discover-'));
  process.chdir(folder);
  await writeFile('tiny.onnx', tinyClassifier());
});
afterEach(async () => {
  process.chdir(before);
  await rm(folder, { recursive: true, force: true });
});

/** TypeScript with types that must be stripped, and the project's own module. */
const adapter = (name: string, more = ''): string => `
import { defineAdapter, type BackboneAdapter } from 'marnet-wrap';
interface Unused { readonly a?: string }
export default defineAdapter({
  name: '${name}',
  about: 'for tests',
  matches: (graph) => ({ matches: graph.nodes.length === 9, because: 'it has nine nodes' }),
  stages: (): readonly (readonly string[])[] => [['conv1.weight', 'conv1.bias'], ['conv2.weight', 'conv2.bias']],
  ${more}
} satisfies BackboneAdapter);
`;

describe('adapters', () => {
  it('come from a TypeScript file, and go when the command ends', async () => {
    await writeFile('house.adapter.ts', adapter('house'));
    const listed = await command('adapters', '--adapter', 'house.adapter.ts');
    expect(listed.stderr).toBe('Adapters from house.adapter.ts: house\n');
    expect(listed.stdout).toContain(
      'house (house.adapter.ts; specificity 50): for tests\n  supplies stages\n',
    );
    expect(listed.stdout).toMatch(/^resnet \(built in; specificity 50\)/m);
    const { stdout } = await command('inspect', 'tiny.onnx', '--adapter', 'house.adapter.ts');
    expect(stdout).toContain('house (house.adapter.ts), because it has nine nodes');
    expect(stdout).toContain('stage 1, stage 2');
    expect(stdout).toMatch(/vit \(built in\) does not match: no attentions/);
    expect(registeredAdapters().map(({ name }) => name)).not.toContain('house');
  });

  it('that would have fitted too are told, and why they come after the one that is used', async () => {
    const files = ['one', 'two', 'special'].map((name) => `${name}.adapter.ts`);
    await writeFile(files[0]!, adapter('one'));
    await writeFile(files[1]!, adapter('two', 'specificity: 0,'));
    await writeFile(files[2]!, adapter('special', 'specificity: 0,'));
    const { stdout } = await command('inspect', 'tiny.onnx', ...files.flatMap((file) => ['--adapter', file]));
    expect(stdout).toMatch(/Adapter: +one \(one\.adapter\.ts\), because it has nine nodes/);
    expect(stdout).toContain(
      'two (two.adapter.ts) matches too, but is less specific, 0 to 50: it has nine nodes',
    );
    const rest = files.slice(1).flatMap((file) => ['--adapter', file]);
    const { stdout: equal } = await command('inspect', 'tiny.onnx', ...rest);
    expect(equal).toContain(
      'special (special.adapter.ts) matches too, but two of the same specificity was registered before it',
    );
    expect(equal).toContain(
      'generic (built in) matches too, but two of the same specificity is not built in',
    );
  });

  it('come from a JavaScript file with several of them', async () => {
    await writeFile(
      'two.js',
      `import { defineAdapter } from 'marnet-wrap';
       const one = (name) => defineAdapter({ name, matches: () => false, freeze: () => [] });
       export default [one('first'), one('second')];`,
    );
    const { stderr, stdout } = await command('adapters', '--adapter', 'two.js', '--json');
    expect(stderr).toBe('');
    const { adapters } = JSON.parse(stdout) as { adapters: { name: string; origin: string }[] };
    expect(adapters.filter(({ origin }) => origin === 'two.js').map(({ name }) => name)).toEqual([
      'first',
      'second',
    ]);
  });

  it.each([
    [
      'ts',
      `import { defineConfig } from 'marnet-wrap';\nexport default defineConfig({ adapters: ['./own/house.ts'] });`,
    ],
    ['js', `export default { adapters: ['./own/house.ts'] };`],
    ['json', `{ "adapters": ["./own/house.ts"] }`],
  ])('come from marnet-wrap.config.%s above the working directory', async (ending, text) => {
    await mkdir('own/deeper', { recursive: true });
    await writeFile('own/house.ts', adapter('house'));
    await writeFile(`marnet-wrap.config.${ending}`, text);
    process.chdir('own/deeper');
    expect((await command('adapters')).stderr).toBe('Adapters from ../house.ts: house\n');
  });

  it('come from installed packages with the keyword', async () => {
    const place = 'node_modules/@house/marnet-adapter';
    await mkdir(place, { recursive: true });
    await mkdir('node_modules/other', { recursive: true });
    await writeFile('node_modules/other/package.json', '{ "name": "other", "keywords": ["onnx"] }');
    const manifest = {
      name: '@house/marnet-adapter',
      version: '1.2.0',
      type: 'module',
      keywords: ['marnet-wrap-adapter'],
      exports: './main.js',
    };
    await writeFile(`${place}/package.json`, JSON.stringify(manifest));
    await writeFile(
      `${place}/main.js`,
      `export default { name: 'packaged', matches: () => false, freeze: () => [] };`,
    );
    expect((await command('adapters')).stderr).toBe('Adapters from @house/marnet-adapter@1.2.0: packaged\n');
    await writeFile('marnet-wrap.config.json', '{ "packages": false }');
    expect((await command('adapters')).stderr).toBe('');
  });

  it.each<[string, string, string, RegExp]>([
    ['a file that is not there', 'lost.ts', '', /lost.ts does not exist/],
    ['a file that throws', 'bad.ts', 'throw new Error("no luck");', /bad.ts cannot be run: no luck/],
    ['a file without default export', 'bare.ts', 'export const a = 1;', /bare.ts has no default export/],
    [
      'an adapter that supplies nothing',
      'half.ts',
      `export default { name: 'half', matches: () => true };`,
      /"half" lacks features/,
    ],
    ['a name that is taken', 'again.ts', adapter('resnet'), /"resnet" is registered already \(built in\)/],
  ])('are refused: %s', async (_, file, text, message) => {
    if (text) await writeFile(file, text);
    const { stderr, code } = await command('inspect', 'tiny.onnx', '--adapter', file);
    expect(stderr).toMatch(message);
    expect(code).toBeGreaterThan(0);
  });

  it('that lie fail the job and are named', async () => {
    await writeFile('liar.ts', adapter('liar', `features: () => 'nowhere',`));
    const { stderr, code } = await command('tiny.onnx', '--data', '.', '--adapter', 'liar.ts');
    expect(code).toBe(1);
    expect(stderr).toMatch(/the adapter "liar" \(liar.ts\) says that the features are at "nowhere", but/);
  });

  it.each([
    ['{ "adapter": [] }', ': there is no option "adapter"; did you mean adapters?'],
    ['{ "adapters": [["a.ts"]] }', ' at adapters.0: takes a path or an adapter, not a list'],
    ['[]', ': takes an object, not an empty list'],
  ])('are told to whoever reads a mistyped configuration: %s', async (config, problem) => {
    await writeFile('marnet-wrap.config.json', config);
    const { stderr, code } = await command('adapters');
    expect(stderr).toContain(`marnet-wrap.config.json is no configuration${problem}`);
    expect(code).toBe(2);
  });
});
