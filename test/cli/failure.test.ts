import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { shellLine } from '../../core/cli/arguments/quote.ts';
import { folderToResume, resumeCommand } from '../../core/cli/arguments/resume.ts';
import { reportFailure } from '../../core/cli/output/failure.ts';
import { stopOnInterrupt } from '../../core/cli/output/interrupt.ts';
import { MarnetError } from '../../core/errors.ts';
import { TestIo } from './io.ts';

describe('a failure', () => {
  it('of a known kind is told by message and hint, without a stack', () => {
    const io = new TestIo();
    const code = reportFailure(io, new MarnetError('data', 'no images', { hint: 'Add some.' }));
    expect([code, io.stdout, io.stderr]).toEqual([1, '', 'error: no images\nAdd some.\n']);
  });

  it('shows its stack and its cause where MARNET_DEBUG asks for them', () => {
    const io = new TestIo({ env: { MARNET_DEBUG: '1' } });
    reportFailure(io, new MarnetError('data', 'no images', { cause: new Error('the reason beneath') }));
    expect(io.stderr).toContain('failure.test.ts');
    expect(io.stderr).toContain('caused by Error: the reason beneath');
  });

  it.each([
    ['usage', 2],
    ['interrupted', 130],
    ['verification', 1],
  ] as const)('of the kind %s exits with %i', (kind, code) => {
    expect(reportFailure(new TestIo(), new MarnetError(kind, 'so'))).toBe(code);
  });

  it.each([new TypeError('x is undefined'), new MarnetError('internal', 'x is undefined')])(
    'of no known kind is a bug, with its stack (%o)',
    (error) => {
      const io = new TestIo();
      expect(reportFailure(io, error)).toBe(1);
      expect(io.stderr).toContain('this is a bug in marnet-wrap');
      expect(io.stderr).toContain('failure.test.ts');
    },
  );

  it('of the disk is not a bug', () => {
    const io = new TestIo();
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(reportFailure(io, full)).toBe(1);
    expect(io.stderr).toContain('The disk is full.');
    expect(io.stderr).not.toContain('bug');
  });

  it('is an object on standard output too, for readers of JSON', () => {
    const io = new TestIo();
    reportFailure(io, new MarnetError('data', 'no images', { hint: 'Add some.' }), true);
    expect(JSON.parse(io.stdout)).toEqual({
      type: 'error',
      code: 'data',
      message: 'no images',
      hint: 'Add some.',
    });
  });
});

describe('Ctrl-C', () => {
  it('stops cleanly once, also where npm sends it twice, and is left to the system after that', () => {
    vi.useFakeTimers();
    try {
      const io = new TestIo();
      const said: string[] = [];
      let stops = 0;
      const release = stopOnInterrupt(
        io,
        () => stops++,
        (text) => said.push(text),
      );
      for (let signals = 0; signals < 2; signals++) expect(io.interrupt()).toBe(true);
      expect(stops).toBe(1);
      expect(said).toEqual([expect.stringContaining('Ctrl-C again')]);
      vi.advanceTimersByTime(250);
      expect(io.interrupt()).toBe(false);
      release();
      expect(stops).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is no longer listened to when the job is over', () => {
    const io = new TestIo();
    const release = stopOnInterrupt(
      io,
      () => {},
      () => {},
    );
    release();
    expect(io.interrupt()).toBe(false);
  });
});

describe('going on after a stop', () => {
  it.each([
    [['m.onnx', '--data', 'my photos'], "marnet-wrap m.onnx --data 'my photos' --resume runs/3"],
    [['m.onnx', '--run', 'a', '--data', 'd', '--run=b'], 'marnet-wrap m.onnx --data d --resume runs/3'],
    [['m.onnx', '--resume', 'runs/2', '--data', 'd'], 'marnet-wrap m.onnx --data d --resume runs/3'],
    [['m.onnx', '--resume', '--data', 'd', '--resume'], 'marnet-wrap m.onnx --data d --resume runs/3'],
    [['m.onnx', '--resume=runs/2', '--data=d'], 'marnet-wrap m.onnx --data=d --resume runs/3'],
  ])('needs the command %j once more, with the folder', (argv, command) => {
    expect(resumeCommand(argv, 'runs/3')).toBe(command);
  });

  it("quotes what a shell would take apart, quotes of one's own included", () => {
    expect(shellLine(['a b', "it's", '$HOME', 'plain-1.0/x', ''])).toBe(
      `'a b' 'it'\\''s' '$HOME' plain-1.0/x ''`,
    );
  });

  describe('finds the folder', () => {
    let home: string;
    const before = process.cwd();
    beforeAll(async () => {
      home = await mkdtemp(join(tmpdir(), 'resume-'));
      process.chdir(home);
    });
    afterAll(async () => {
      process.chdir(before);
      await rm(home, { recursive: true, force: true });
    });

    it('by its name, or as the newest one', async () => {
      await expect(folderToResume(undefined)).rejects.toMatchObject({ code: 'resume' });
      for (const [name, minute] of [
        ['1', 1],
        ['2', 3],
        ['10', 2],
      ] as const) {
        const folder = join('runs', name);
        await mkdir(folder, { recursive: true });
        await utimes(folder, new Date(2024, 0, 1, 0, minute), new Date(2024, 0, 1, 0, minute));
      }
      await writeFile(join('runs', 'notes.txt'), 'not a folder');
      expect(await folderToResume(undefined)).toBe(join('runs', '2'));
      expect(await folderToResume('runs/1')).toBe('runs/1');
      await expect(folderToResume('runs/7')).rejects.toThrow('there is no run folder runs/7');
    });
  });
});
