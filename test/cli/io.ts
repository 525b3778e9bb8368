import type { Io } from '../../core/cli/output/io.ts';
import { main } from '../../core/cli/program.ts';

/** An Io that keeps what is written, and whose signals the test sends. */
export class TestIo implements Io {
  stdout = '';
  stderr = '';
  readonly terminal: Io['terminal'];
  readonly colours = { out: false, err: false };
  readonly env: Record<string, string | undefined>;
  readonly #listeners = new Set<() => void>();

  constructor(options: { terminal?: Io['terminal']; env?: Record<string, string> } = {}) {
    this.terminal = options.terminal;
    this.env = options.env ?? {};
  }

  out(text: string): void {
    this.stdout += text;
  }

  err(text: string): void {
    this.stderr += text;
  }

  onInterrupt(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** As Ctrl-C does. Returns whether anyone listened. */
  interrupt(): boolean {
    for (const listener of [...this.#listeners]) listener();
    return this.#listeners.size > 0;
  }
}

/** Runs the command line in this process. */
export async function command(...argv: string[]): Promise<TestIo & { code: number }> {
  const io = new TestIo();
  const code = await main(argv, io);
  return Object.assign(io, { code });
}
