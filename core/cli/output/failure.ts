import pc from 'picocolors';
import { exitCodeOf, MarnetError } from '../../errors.ts';
import type { Io } from './io.ts';

/** Tells what went wrong and what to do about it, on standard error; with `json`, on standard output too. Returns the exit code. */
export function reportFailure(io: Io, thrown: unknown, json = false): number {
  const error = fromSystem(thrown);
  const colours = pc.createColors(io.colours.err);
  if (json) {
    const known = error instanceof MarnetError;
    const { message } = error instanceof Error ? error : { message: String(error) };
    const line = {
      type: 'error',
      code: known ? error.code : 'internal',
      message,
      hint: (known && error.hint) || null,
    };
    io.out(`${JSON.stringify(line)}\n`);
  }
  if (error instanceof MarnetError && error.code !== 'internal') {
    io.err(`${colours.red('error:')} ${error.message}\n`);
    if (error.hint) io.err(`${error.hint}\n`);
    if (io.env.MARNET_DEBUG) io.err(`${stackOf(error)}\n`);
    return exitCodeOf(error);
  }
  io.err(
    `${colours.red('error:')} this is a bug in marnet-wrap. Please report it, with the lines below and the command that ` +
      `led here.\nNode ${process.version}, ${process.platform} ${process.arch}\n${stackOf(error)}\n`,
  );
  return exitCodeOf(error);
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own}\ncaused by ${stackOf(error.cause)}`;
}

const SYSTEM_HINTS: Readonly<Record<string, string>> = {
  ENOSPC:
    'The disk is full. Free some space, or put the run elsewhere with --run and the cache with --cache.',
  EDQUOT:
    'Your quota is used up. Free some space, or put the run elsewhere with --run and the cache with --cache.',
  EFBIG: 'A file of that size is not allowed there: choose another disk, or raise the limit ("ulimit -f").',
  EACCES: 'Check the permissions of that path, or choose another one.',
  EPERM: 'Check the permissions of that path, or choose another one.',
  EROFS: 'That file system cannot be written to; choose another path.',
  EMFILE: 'Too many files are open; raise the limit with "ulimit -n".',
};

/** What the operating system refuses is the user's to mend, whoever asked it. */
function fromSystem(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof MarnetError) return error;
  const { code } = error as NodeJS.ErrnoException;
  const hint = code === undefined ? undefined : SYSTEM_HINTS[code];
  return hint === undefined ? error : new MarnetError('output', error.message, { hint, cause: error });
}
