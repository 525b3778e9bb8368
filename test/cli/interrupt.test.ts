import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../core/cli/program.ts';
import { type Place, place } from './data.ts';
import { TestIo } from './io.ts';
import { runCommand, runScript } from './process.ts';

let here: Place;
beforeAll(async () => {
  here = await place();
});
afterAll(() => here.remove());

/** Calls back once, when the text has come. */
function once(text: string, act: () => void): (stdout: string) => void {
  let done = false;
  return (stdout) => {
    if (done || !stdout.includes(text)) return;
    done = true;
    act();
  };
}

/** Ctrl-C at the first word of progress, long before any training. */
class Hasty extends TestIo {
  override err(text: string): void {
    if (this.stderr === '') this.interrupt();
    super.err(text);
  }
}

describe('a stop before the training', () => {
  const hastily = async (...more: string[]): Promise<string> => {
    const io = new Hasty();
    const argv = [here.model, '--data', here.data, '--out', here.in('hasty.onnx')];
    const code = await main([...argv, '--cache', here.in('cache-hasty'), '--epochs', '2', ...more], io);
    expect(code, io.stderr).toBe(130);
    return io.stderr;
  };

  it('promises no checkpoint where there is none', async () => {
    const run = here.in('hasty');
    const stderr = await hastily('--run', run);
    expect(stderr).toContain('Training had not begun');
    expect(stderr).toContain('Start again with the same command.');
    expect(stderr).not.toContain('A checkpoint is in');
    expect(existsSync(run)).toBe(false);
  });

  it('of a run that goes on names the checkpoint that it would have gone on from', async () => {
    const run = here.in('gone-on');
    await mkdir(run);
    expect(await hastily('--resume', run)).not.toContain('A checkpoint is in');
    await writeFile(join(run, 'last.safetensors'), 'of an earlier run');
    expect(await hastily('--resume', run)).toContain(`A checkpoint is in ${run}. Go on with:`);
  });
});

describe.skipIf(process.platform === 'win32')('standard output that is closed early', () => {
  /** The command in a pipe to a reader; its own exit code is told on standard error. */
  const into = (reader: string, argv: readonly string[]) =>
    runCommand(argv, { before: ['sh', '-c', `{ "$@"; echo "exit code $?" >&2; } | ${reader}`, 'sh'] });

  it('ends a job that is not done, which is no success', async () => {
    const out = here.in('cut-short.onnx');
    const argv = [here.model, '--data', here.data, '--out', out, '--run', here.in('cut-short'), '--json'];
    const { stdout, stderr } = await into('head -1', [
      ...argv,
      '--cache',
      here.in('cache'),
      '--epochs',
      '50',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'device' });
    expect(stderr).toBe('error: standard output was closed before the job was done\nexit code 1\n');
    expect(existsSync(out)).toBe(false);
  });

  it('is no failure of a command that was done', async () => {
    const { stderr } = await into('true', ['inspect', here.model]);
    expect(stderr).toBe('exit code 0\n');
  });
});

describe.skipIf(process.platform === 'win32')('Ctrl-C', () => {
  it('a second time ends the process at once, though its event loop is held up', async () => {
    let kill: (signal: NodeJS.Signals) => void = () => {};
    const first = once('listening', () => kill('SIGINT'));
    const second = once('deaf', () => kill('SIGINT'));
    const { code, signal, stdout } = await runScript('test/cli/deaf.ts', [], {
      watch: (stdout, send) => {
        kill = send;
        first(stdout);
        second(stdout);
      },
    });
    expect([code, signal]).toEqual([null, 'SIGINT']);
    expect(stdout).not.toContain('hearing');
  });

  it('that npm passes on as well counts once: a checkpoint is kept, the exit code is 130', async () => {
    const run = here.in('run');
    let sent = false;
    const argv = [here.model, '--data', here.data, '--out', here.in('out.onnx'), '--run', run, '--json'];
    const { code, stderr } = await runCommand(
      [...argv, '--cache', here.in('cache'), '--epochs', '500', '--patience', '0'],
      {
        watch: (stdout, kill) => {
          if (sent || !stdout.includes('"type":"step"')) return;
          sent = true;
          kill('SIGINT');
          setTimeout(() => kill('SIGINT'), 20);
        },
      },
    );
    expect(code).toBe(130);
    expect(stderr).toContain(`--resume ${run}`);
    expect(existsSync(`${run}/last.safetensors`)).toBe(true);
    expect(existsSync(here.in('out.onnx'))).toBe(false);
  });
});
