import { spawn } from 'node:child_process';

/** How a process ended, and what it wrote. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  /** Words before the command's own: a program that starts it in other circumstances. */
  readonly before?: readonly string[];
  /** Called with all that came on standard output so far, and with the means to send a signal. */
  readonly watch?: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void;
  readonly env?: Readonly<Record<string, string>>;
}

/** The built command's file; test/setup/build.ts sees to it that it is of the present sources. */
export const COMMAND_FILE = 'dist/core/cli/main.js';

/** A file of JavaScript or TypeScript as a process, with these arguments. */
export function runScript(
  script: string,
  argv: readonly string[],
  options: ProcessOptions = {},
): Promise<Ended> {
  const [program, ...words] = [
    ...(options.before ?? []),
    process.execPath,
    ...(script.endsWith('.ts') ? ['--import', 'tsx'] : []),
    script,
    ...argv,
  ] as [string, ...string[]];
  const child = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    options.watch?.(stdout, (signal) => child.kill(signal));
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** The command line as a process, as it is installed. */
export const runCommand = (argv: readonly string[], options?: ProcessOptions): Promise<Ended> =>
  runScript(COMMAND_FILE, argv, options);
