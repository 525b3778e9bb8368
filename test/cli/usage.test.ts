import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLabelsFile } from '../../core/cli/arguments/labels-file.ts';
import { command } from './io.ts';
import { COMMAND_FILE } from './process.ts';

const COMMANDS = ['wrap', 'inspect', 'eval', 'predict', 'unwrap', 'demo'];

describe('help', () => {
  it('of the program shows the main job, its options, every command and examples', async () => {
    const { code, stdout, stderr } = await command('--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('marnet-wrap MODEL --data FOLDER');
    for (const word of [...COMMANDS, '--tune', '--resume', '--set', 'Examples:'])
      expect(stdout).toContain(word);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('(default: frozen)');
  });

  it.each(COMMANDS)('of %s has examples that start with the command itself', async (name) => {
    const { code, stdout } = await command(name, '--help');
    expect(code).toBe(0);
    const examples = stdout.slice(stdout.indexOf('Examples:')).split('\n').slice(1).filter(Boolean);
    expect(examples.length).toBeGreaterThan(0);
    for (const line of examples) expect(line).toMatch(/^ {2}marnet-wrap /);
  });

  it('comes with a model and no command too', async () => {
    const { code, stdout } = await command('model.onnx', '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('Examples:');
  });

  it('goes to standard error with exit code 2 where nothing was typed', async () => {
    const { code, stdout, stderr } = await command();
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: marnet-wrap MODEL --data FOLDER');
  });
});

describe('what is mistyped', () => {
  const job = ['model.onnx', '--data', 'photos'];
  it.each([
    [['inspct', 'model.onnx'], 'no command or model "inspct"; did you mean inspect?'],
    [[...job, '--epoch', '5'], 'no option --epoch; did you mean --epochs?'],
    [[...job, '--epoch=5'], 'no option --epoch; did you mean --epochs?'],
    [[...job, '--no-emma'], 'no option --no-emma; did you mean --no-ema?'],
    [['eval', 'model.onnx', '--dta', 'photos'], 'no option --dta; did you mean --data?'],
    [
      [...job, '--tune', 'ful'],
      '--tune takes frozen, full, last:N or lora:R, N and R whole numbers of at least 1, not "ful"; did you mean full?',
    ],
    [[...job, '--classes', 'kep'], '--classes takes auto, keep or new, not "kep"; did you mean keep?'],
    [[...job, '--epochs', 'five'], '--epochs takes a number, not "five"'],
    [[...job, '--epochs', '1.5'], '--epochs takes a whole number, not 1.5'],
    [[...job, '--epochs', '0'], '--epochs takes a number of at least 1, not 0'],
    [[...job, '--out', ''], '--out takes a text of at least 1 character, not ""'],
    [[...job, '--holdout', '1'], '--holdout takes a number below 1, not 1'],
    [[...job, '--lr', '-1'], '--lr takes a number above 0, not -1'],
    [[...job, '--set', 'latnt=64'], '--set has no key "latnt"; did you mean latent?'],
    [
      [...job, '--set', 'heads.sampling=2'],
      '--set has no key "heads.sampling"; did you mean heads.samplingSteps?',
    ],
    [[...job, '--set', 'epoch'], '--set takes key=value, not "epoch"'],
    [
      [...job, '--set', 'schedule=cosin'],
      '--set schedule takes cosine or linear, not "cosin"; did you mean cosine?',
    ],
    [[...job, '--set', 'timeWidth=65'], '--set timeWidth takes a multiple of 2, not 65'],
    [
      ['eval', ...job, '--split', 'holdot'],
      '--split takes all, train, holdout or test, not "holdot"; did you mean holdout?',
    ],
    [
      ['predict', 'model.onnx', 'photo.jpg', '--top', '0'],
      '--top takes a whole number of at least 1, not "0"',
    ],
    [['model.onnx'], 'the option --data <folder> is missing'],
    [['unwrap', 'model.onnx'], 'the option --out <file> is missing'],
    [['predict', 'model.onnx'], "missing required argument 'images'"],
  ])('%j', async (argv, message) => {
    const { code, stdout, stderr } = await command(...argv);
    expect(stderr.split('\n')[0]).toBe(`error: ${message}`);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('names a flag once where it takes a text of parts', async () => {
    const { code, stderr } = await command(...job, '--augment', 'flp');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: --augment has no part "flp"; did you mean flip\? Parts: /);
  });

  it('says which flag an option of --set is known by', async () => {
    const { stderr } = await command(...job, '--set', 'lr=1');
    expect(stderr).toContain('It is an option of its own: --lr <x>');
  });

  it('is an object of JSON for those who asked for JSON', async () => {
    const { code, stdout } = await command(...job, '--tune', 'ful', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'error',
      code: 'usage',
      message: expect.stringContaining('ful'),
    });
  });
});

describe('--labels', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labels-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ['no such file', undefined, 'cannot be read: ENOENT'],
    ['UTF-16', Buffer.from('\uFEFFcat\ndog\n', 'utf16le'), 'is UTF-16, and UTF-8 is expected'],
    ['broken JSON', '["cat", ', 'not valid JSON'],
    ['JSON of another form', '{"cat": 1}', 'neither a list of names nor an object from index to name'],
    ['a gap in the indices', '{"0": "cat", "2": "dog"}', '2 names, but none for index 1'],
    ['an empty file', '\n', 'the file names no class'],
  ])('refuses %s', async (_, text, message) => {
    const file = join(folder, 'labels.json');
    await rm(file, { force: true });
    if (text !== undefined) await writeFile(file, text);
    const { code, stderr } = await command('model.onnx', '--data', 'photos', '--labels', file);
    expect(code).toBe(2);
    expect(stderr).toContain(`--labels ${file}: ${message}`);
  });

  it('takes a byte order mark before JSON too', async () => {
    const file = join(folder, 'marked.json');
    await writeFile(file, '\uFEFF["cat", "dog"]');
    expect(await readLabelsFile(file)).toEqual(['cat', 'dog']);
  });
});

describe('the command as a process', () => {
  const run = (...argv: string[]) =>
    spawnSync(process.execPath, [COMMAND_FILE, ...argv], { encoding: 'utf8' });

  it('exits with the code, and keeps the streams apart', () => {
    const { status, stdout, stderr } = run('model.onnx', '--data', 'photos', '--epoch', '5');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('did you mean --epochs?');
  });

  it('says its version', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8'));
    const { status, stdout } = run('--version');
    expect([status, stdout]).toEqual([0, `${version}\n`]);
  });
});

describe('docs/commands.md', () => {
  it('has every option of every command', async () => {
    const text = await readFile('docs/commands.md', 'utf8');
    const missing: string[] = [];
    for (const name of COMMANDS) {
      const { stdout } = await command(name, '--help');
      for (const [flag] of stdout.slice(0, stdout.indexOf('Examples:')).matchAll(/--[a-z-]+/g))
        if (!text.includes(flag)) missing.push(`${name} ${flag}`);
    }
    expect(missing).toEqual([]);
  });
});
