import { existsSync, readdirSync, statSync } from 'node:fs';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BASE_DISHES, writeDishes } from '../../core/cli/demo/plates.ts';
import { type Place, place } from './data.ts';
import { whyNoDisks, withDisk, withFileLimit } from './disk.ts';
import { command } from './io.ts';
import { runCommand } from './process.ts';

const noDisks = process.platform === 'win32' ? 'there is no unshare on Windows' : whyNoDisks();
if (noDisks) console.warn(`Tests that mount a small disk are skipped: ${noDisks}`);

let here: Place;
/** A finished run of the same job: nothing but the writing is left to do where it is resumed. */
let finished: string;
let original: Buffer;
let number = 0;
beforeAll(async () => {
  here = await place();
  original = await readFile(here.model);
  finished = here.in('finished');
  await mkdir(here.in('empty'));
  const { code, stderr } = await command(...job(), '--out', here.in('first.onnx'), '--run', finished);
  expect(code, stderr).toBe(0);
});
afterAll(() => here.remove());
afterEach(async () => {
  expect((await readFile(here.model)).equals(original)).toBe(true);
});

let disk: string;
beforeEach(() => {
  disk = here.in(`disk-${++number}`);
});

const job = (): string[] =>
  [here.model, '--data', here.data, '--cache', here.in('cache')].concat(
    ['--epochs', '2', '--batch', '8', '--no-compare', '--quiet'],
    ['latent', 'visualHidden', 'denoiserWidth', 'fusionHidden'].flatMap((key) => ['--set', `${key}=64`]),
  );

/** The error, and the line after it that says what to do; no stack. */
function told(stderr: string): { error: string; advice: string } {
  const lines = stderr.split('\n');
  const at = lines.findIndex((line) => line.startsWith('error: '));
  expect(stderr).not.toMatch(/\n\s+at |bug/);
  return { error: lines[at] ?? '', advice: lines[at + 1] ?? '' };
}

describe('an output that cannot be written', () => {
  it.each<[string, () => string, string]>([
    ['a folder', () => here.folder, 'it is a folder'],
    ['in no folder', () => here.in('nowhere/x.onnx'), 'does not exist'],
    ['in a file', () => join(here.model, 'x.onnx'), 'is not a folder'],
    ['the model', () => here.model, 'it is the model that is being read'],
  ])('%s', async (_, out, why) => {
    const { code, stdout, stderr } = await runCommand([...job(), '--out', out(), '--run', here.in('never')]);
    expect([code, stdout]).toEqual([1, '']);
    const { error, advice } = told(stderr);
    expect(error).toContain(`"${out()}"`);
    expect(error).toContain(why);
    expect(advice).not.toBe('');
    expect(existsSync(here.in('never'))).toBe(false);
  });

  it.skipIf(noDisks)('on a disk that is read-only', async () => {
    const content = here.in('empty');
    const out = join(disk, 'merged.onnx');
    const { code, stderr, left } = await withDisk({ at: disk, size: 'size=8m', content, readOnly: true }, [
      ...job(),
      '--out',
      out,
    ]);
    expect(code).toBe(1);
    expect(told(stderr).error).toContain(
      `cannot be written to "${out}": its folder "${disk}" cannot be written to`,
    );
    expect(readdirSync(left)).toEqual([]);
  });

  it.skipIf(noDisks)('a run folder on a disk that is read-only', async () => {
    const content = here.in('empty');
    const run = join(disk, 'run');
    const { code, stderr } = await withDisk({ at: disk, size: 'size=8m', content, readOnly: true }, [
      ...job(),
      ...['--out', here.in('never.onnx'), '--run', run],
    ]);
    expect(code).toBe(1);
    const { error, advice } = told(stderr);
    expect(error).toContain(`"${run}"`);
    expect(advice).toContain('--run');
    expect(existsSync(here.in('never.onnx'))).toBe(false);
  });
});

describe.skipIf(noDisks)('a disk that fills up', () => {
  it.each([
    ['alone', []],
    ['with external data', ['--external-data']],
  ])(
    'while the merged model is written (%s): nothing of it is left, and the training need not be repeated',
    async (_, more) => {
      const out = join(disk, 'merged.onnx');
      const run = here.in(`run-${number}`);
      await cp(finished, run, { recursive: true });
      const argv = [...job(), ...more, '--resume', run];
      const { code, stdout, stderr, left } = await withDisk(
        { at: disk, size: 'size=256k', content: here.in('empty') },
        [...argv, '--out', out],
      );
      expect([code, stdout]).toEqual([1, '']);
      const { error, advice } = told(stderr);
      expect(error).toBe(`error: the model cannot be written to "${out}": the disk is full`);
      expect(advice).toContain('Free some space');
      expect(readdirSync(left)).toEqual([]);

      expect(advice).toContain(`--resume ${run} with another --out`);
      const elsewhere = here.in(`elsewhere-${number}.onnx`);
      const again = await command(...argv, '--out', elsewhere);
      expect(again.code, again.stderr).toBe(0);
      expect(
        (await readFile(join(run, 'metrics.csv'))).equals(await readFile(join(finished, 'metrics.csv'))),
      ).toBe(true);
    },
  );

  it('while a checkpoint is written: the one before is kept, and can be resumed', async () => {
    // Room for what is there, in pages, and for half of another checkpoint.
    const sizes = readdirSync(finished).map((name) => statSync(join(finished, name)).size);
    const kilobytes = sizes.reduce(
      (sum, size) => sum + 4 * Math.ceil(size / 4096),
      Math.max(...sizes) / 2048,
    );
    const { code, stderr, left } = await withDisk(
      { at: disk, size: `size=${Math.round(kilobytes)}k`, content: finished },
      [...job(), '--out', here.in('never.onnx'), '--resume', disk],
    );
    expect(code).toBe(1);
    const { error, advice } = told(stderr);
    expect(error).toBe(`error: cannot write ${join(disk, 'last.safetensors')}: the disk is full`);
    expect(advice).toContain('Free some space');
    expect(readdirSync(left).sort()).toEqual(readdirSync(finished).sort());
    for (const name of ['last.safetensors', 'best.safetensors', 'metrics.csv', 'options.json'])
      expect((await readFile(join(left, name))).length, name).toBeGreaterThan(0);
    expect(
      (await readFile(join(left, 'last.safetensors'))).equals(
        await readFile(join(finished, 'last.safetensors')),
      ),
    ).toBe(true);
    expect(existsSync(here.in('never.onnx'))).toBe(false);
    const again = await command(...job(), '--out', here.in(`again-${number}.onnx`), '--resume', left);
    expect(again.code, again.stderr).toBe(0);
  });

  it('before the first checkpoint: the file that did not fit is named, and not left cut off', async () => {
    const { code, stderr, left } = await withDisk({ at: disk, size: 'size=4k', content: here.in('empty') }, [
      ...job(),
      ...['--out', here.in('never.onnx'), '--run', disk],
    ]);
    expect(code).toBe(1);
    expect(told(stderr).error).toContain(`cannot write ${join(disk, 'metrics.csv')}: the disk is full`);
    expect(readdirSync(left)).toEqual(['options.json']);
    expect(JSON.parse(await readFile(join(left, 'options.json'), 'utf8'))).toMatchObject({
      model: here.model,
    });
  });

  it('while features are kept: the job is done all the same, and says so', async () => {
    const argv = job().filter((word) => word !== '--quiet');
    argv[argv.indexOf('--cache') + 1] = disk;
    const { code, stderr, left } = await withDisk({ at: disk, size: 'size=8k', content: here.in('empty') }, [
      ...argv,
      ...['--out', here.in(`done-${number}.onnx`), '--run', here.in(`run-${number}`)],
    ]);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(
      new RegExp(`features are not kept for later runs: "${disk}.*" cannot be written \\(ENOSPC\\)`),
    );
    const files = readdirSync(left, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files).toEqual([]);
  });

  it('while the original is taken out of a merged model', async () => {
    const out = join(disk, 'original.onnx');
    const [own, kept] = [here.in('own'), here.in('kept.onnx')];
    await writeDishes(own, { dishes: BASE_DISHES, perDish: { train: 2, holdout: 1 }, seed: 3 });
    const argv = job();
    argv[argv.indexOf('--data') + 1] = own;
    const made = await command(...argv, '--out', kept, '--run', here.in('kept'));
    expect(made.code, made.stderr).toBe(0);
    const { code, stderr, left } = await withDisk({ at: disk, size: 'size=64k', content: here.in('empty') }, [
      'unwrap',
      kept,
      '--out',
      out,
    ]);
    expect(code).toBe(1);
    expect(told(stderr).error).toBe(`error: the model cannot be written to "${out}": the disk is full`);
    expect(readdirSync(left)).toEqual([]);
  });

  it('while the example is written', async () => {
    const { code, stderr } = await withDisk({ at: disk, size: 'size=500k', content: here.in('empty') }, [
      'demo',
      '--write-example',
      disk,
    ]);
    expect(code).toBe(1);
    const { error, advice } = told(stderr);
    expect(error).toContain(`"${disk}" (ENOSPC)`);
    expect(advice).toContain('The disk is full');
  });

  it('under the temporary files of full tuning', async () => {
    const { code, stderr } = await withDisk(
      { at: disk, size: 'size=4k', content: here.in('empty') },
      [...job(), '--tune', 'full', '--out', here.in('never.onnx'), '--run', here.in(`run-${number}`)],
      { TMPDIR: disk },
    );
    expect(code).toBe(1);
    const { error, advice } = told(stderr);
    expect(error).toContain(`temporary files cannot be written to "${disk}`);
    expect(advice).toContain('TMPDIR');
  });
});

describe.skipIf(process.platform === 'win32')('a limit on the size of files', () => {
  it('stops a checkpoint: the one before is kept', async () => {
    const run = here.in(`run-${number}`);
    await cp(finished, run, { recursive: true });
    const before = await readFile(join(run, 'last.safetensors'));
    const { code, stderr } = await withFileLimit(100, [
      ...job(),
      '--out',
      here.in('never.onnx'),
      '--resume',
      run,
    ]);
    expect(code).toBe(1);
    expect(told(stderr).error).toContain(`cannot write ${join(run, 'last.safetensors')}: EFBIG`);
    expect((await readFile(join(run, 'last.safetensors'))).equals(before)).toBe(true);
    expect(readdirSync(run).sort()).toEqual(readdirSync(finished).sort());
  });
});

describe.skipIf(!existsSync('/dev/full'))('standard output on a full disk', () => {
  it('is told of without a stack', async () => {
    const { code, stderr } = await runCommand(['inspect', here.model], {
      before: ['sh', '-c', 'exec "$@" > /dev/full', 'sh'],
    });
    expect(code).toBe(1);
    expect(told(stderr).error).toContain('standard output cannot be written to: ENOSPC');
  });
});
