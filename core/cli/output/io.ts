import { EXIT } from '../../errors.ts';

/** What the commands read from and write to; tests hand in one of their own. */
export interface Io {
  /** Results, to standard output. */
  out(text: string): void;
  /** Progress, notices and errors, to standard error. */
  err(text: string): void;
  /** The terminal to draw bars on; undefined where standard error is none, and plain lines are written instead. */
  readonly terminal: (NodeJS.WritableStream & { readonly columns?: number }) | undefined;
  /** Whether colours are wanted on each stream. */
  readonly colours: { readonly out: boolean; readonly err: boolean };
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls `listener` on each SIGINT and SIGTERM, which do nothing else until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
}

/** The process's own streams and signals. */
export function processIo(): Io {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // `marnet-wrap inspect model.onnx | head` closes the pipe early: that is no error, once the command has done its work.
    if (error.code === 'EPIPE' && process.exitCode !== undefined) process.exit();
    if (error.code === 'EPIPE') {
      process.stderr.write('error: standard output was closed before the job was done\n');
      process.exit(EXIT.failed);
    }
    process.stderr.write(`error: standard output cannot be written to: ${error.message}\n`);
    process.exit(EXIT.failed);
  });
  const { env } = process;
  const wanted = (isTerminal: boolean): boolean =>
    !env.NO_COLOR && (isTerminal || (!!env.FORCE_COLOR && env.FORCE_COLOR !== '0'));
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    terminal: process.stderr.isTTY && env.TERM !== 'dumb' ? process.stderr : undefined,
    colours: { out: wanted(process.stdout.isTTY), err: wanted(process.stderr.isTTY) },
    env,
    onInterrupt(listener) {
      process.on('SIGINT', listener);
      process.on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
      };
    },
  };
}
