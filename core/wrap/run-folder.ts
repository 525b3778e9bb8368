import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MarnetError } from '../errors.ts';
import { clearTraining, lastPath } from '../train/checkpoint.ts';
import { replaceFile } from '../train/files.ts';
import type { TrainingStage } from './events.ts';

const OPTIONS = 'options.json';
const RUNS = 'runs';
/** Whether there is a checkpoint in the folder of a run that going on with it would begin at. */
export const hasCheckpoint = (folder: string): boolean => existsSync(lastPath(folder));

/**
 * Refuses to start anew where a run was stopped: its checkpoint would be written over. A run that came to its end may be
 * repeated in its folder.
 * @throws MarnetError 'usage' for a checkpoint of an unfinished run; 'resume' where the folder's options are not JSON.
 */
export async function refuseUnfinishedRun(folder: string): Promise<void> {
  if (!hasCheckpoint(folder) || (await readOptions(folder))?.finished === true) return;
  throw new MarnetError(
    'usage',
    `the run folder "${folder}" has the checkpoint of a run that is not finished`,
    {
      hint: `Go on with that run by --resume ${folder}, or give another folder with --run.`,
    },
  );
}

/** Takes away what a finished run left of its trainings, so that nothing of it is taken for the new run's. */
export async function clearRunFolder(folder: string): Promise<void> {
  for (const stage of ['marnet', 'plain'] as const) await clearTraining(stageFolder(folder, stage));
}

/** Where a stage of a run keeps its metrics and checkpoints. */
export function stageFolder(runFolder: string, stage: TrainingStage): string {
  return stage === 'marnet' ? runFolder : join(runFolder, stage);
}

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

/** Keeps what the run was started with, as JSON, and at its end that it is `finished`. @throws MarnetError 'output' */
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
