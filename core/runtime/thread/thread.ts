/**
 * A thread for what would hold the calling one up: a run of onnxruntime blocks its thread to the end, and meanwhile
 * no signal is heard, no timer fires and no page is served.
 */
import { Worker } from 'node:worker_threads';
import { awaitCallAtExit, type CallFlag, newCallFlag } from './call-flag.ts';
import { errorOf } from './plain-error.ts';
import type { Calls, Reply, Request } from './serve.ts';

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Where the code of a thread is. */
export interface ThreadEntry {
  /** The asking module's own `import.meta.url`. */
  readonly from: string;
  /** Path of the thread's module from there, without its ending: './lane'. It calls `serve`. */
  readonly module: string;
}

/**
 * Answers come in the order of the requests. The process does not wait for a thread of which nothing is asked, but for
 * the end of a call (call-flag.ts).
 */
export class Thread<C extends Calls> {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  readonly #ended: Promise<void>;
  /** Why it answers no more. */
  #failure: Error | undefined;

  constructor(entry: ThreadEntry) {
    const flag = newCallFlag();
    const worker = start(entry, flag);
    this.#worker = worker;
    const release = awaitCallAtExit(flag);
    this.#ended = new Promise((resolve) =>
      worker.once('exit', () => {
        release();
        resolve();
      }),
    );
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (error: Error) => this.#fail(error));
    worker.on('exit', (code) => this.#fail(new Error(`a thread that runs the model ended with ${code}`)));
    worker.unref();
  }

  /**
   * @param transfer buffers of the arguments that are handed over instead of being copied: they are empty here afterwards.
   * @throws what the function throws, with code, message and hint.
   */
  call<K extends keyof C & string>(
    name: K,
    args: Parameters<C[K]>,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Awaited<ReturnType<C[K]>>> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      this.#worker.postMessage([name, ...args] satisfies Request, [...transfer]);
      this.#waiting.push({ resolve: resolve as Waiting['resolve'], reject });
      this.#worker.ref();
    });
  }

  /** Ends the thread once it has answered. */
  async close(): Promise<void> {
    this.#worker.ref();
    this.#worker.postMessage(undefined satisfies Request);
    await this.#ended;
  }

  #settle(reply: Reply): void {
    const { resolve, reject } = this.#waiting.shift()!;
    if (this.#waiting.length === 0) this.#worker.unref();
    if ('error' in reply) reject(errorOf(reply.error));
    else resolve(reply.result);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}

function start({ from, module }: ThreadEntry, workerData: CallFlag): Worker {
  if (!from.endsWith('.ts')) return new Worker(new URL(`${module}.js`, from), { workerData, ...ofAFile() });
  // Sources, as they are run in development: tsx reads them, which a new thread must be told. It is found from here,
  // not from the folder that the command was started in.
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const entry = JSON.stringify(new URL(`${module}.ts`, from).href);
  const code = `import(${tsx}).then(({ register }) => { register(); return import(${entry}); });`;
  return new Worker(code, { eval: true, execArgv: [], workerData });
}

/** Threads take the process's options over, and refuse one for programs that are given on the command line. */
function ofAFile(): { readonly execArgv?: string[] } {
  return process.execArgv.some((option) => option.startsWith('--input-type')) ? { execArgv: [] } : {};
}

/** Buffers of these arrays, each once. */
export function buffersOf(arrays: Iterable<unknown>): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  // Texts have none.
  for (const data of arrays) if (ArrayBuffer.isView(data)) buffers.add(data.buffer as ArrayBuffer);
  return [...buffers];
}
