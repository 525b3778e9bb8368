import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MarnetError } from '../errors.ts';
import { replaceFile } from '../train/files.ts';

const OPTIONS = 'options.json';
const RUNS = 'runs';

/**
 * The folder of a run: the one given, made if need be, else the next free number under ./runs.
 * @throws MarnetError 'output' when it cannot be made.
 */
export async function openRunFolder(given: string | undefined): Promise<string> {
  try {
    if (given !== undefined) {
      await mkdir(given, { recursive: true });
      return given;
    }
    await mkdir(RUNS, { recursive: true });
    for (;;) {
      const taken = (await readdir(RUNS)).map(Number).filter(Number.isInteger);
      const folder = join(RUNS, String(Math.max(0, ...taken) + 1));
      try {
        await mkdir(folder);
        return folder;
      } catch (error) {
        // Another run took the number in between.
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  } catch (cause) {
    const { code, path } = cause as NodeJS.ErrnoException;
    throw new MarnetError('output', `the run folder "${given ?? path ?? RUNS}" cannot be made (${code})`, {
      hint: 'Give another with --run.',
      cause,
    });
  }
}

/** Keeps what the run was started with, as JSON. @throws MarnetError 'output' */
export async function keepOptions(folder: string, options: Readonly<Record<string, unknown>>): Promise<void> {
  await replaceFile(join(folder, OPTIONS), [`${JSON.stringify(options, null, 2)}\n`]);
}

/** The options that the run in `folder` was started with; undefined when it has none. */
export async function readOptions(folder: string): Promise<Record<string, unknown> | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, OPTIONS), 'utf8')) as Record<string, unknown>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new MarnetError('resume', `"${join(folder, OPTIONS)}" is not readable as JSON`, { cause: error });
  }
}
