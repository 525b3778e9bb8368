import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MarnetError } from '../../errors.ts';
import { shellLine } from './quote.ts';

/** Where runs go unless told. */
const RUNS = 'runs';

/**
 * The folder to go on in: the one named, else the newest under ./runs.
 * @throws MarnetError 'resume' when there is none.
 */
export async function folderToResume(named: string | undefined): Promise<string> {
  if (named !== undefined) {
    if (await changedAt(named)) return named;
    throw new MarnetError('resume', `there is no run folder ${named} to go on in`, {
      hint: 'Give the folder that the stopped run printed, or leave --resume out to start anew.',
    });
  }
  const names = await readdir(RUNS).catch((): string[] => []);
  let newest: { folder: string; at: number } | undefined;
  for (const name of names) {
    const folder = join(RUNS, name);
    const at = await changedAt(folder);
    if (at && (!newest || at > newest.at)) newest = { folder, at };
  }
  if (newest) return newest.folder;
  throw new MarnetError('resume', 'there is no run folder under ./runs to go on in', {
    hint: 'Name one with --resume FOLDER, or leave --resume out to start anew.',
  });
}

/** When a folder last changed, in ms; undefined where there is no such folder. */
async function changedAt(folder: string): Promise<number | undefined> {
  const found = await stat(folder).catch(() => undefined);
  return found?.isDirectory() ? found.mtimeMs : undefined;
}

/** The command that goes on with the job that `argv` started, in its run folder. */
export function resumeCommand(argv: readonly string[], folder: string): string {
  const kept: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (/^--(run|resume)=/.test(word)) continue;
    if (
      word === '--run' ||
      (word === '--resume' && argv[i + 1] !== undefined && !argv[i + 1]!.startsWith('-'))
    )
      i++;
    else if (word !== '--resume') kept.push(word);
  }
  return shellLine(['marnet-wrap', ...kept, '--resume', folder]);
}
