import { MarnetError } from '../errors.ts';
import type { WrapEvent } from './events.ts';
import type { WrapResult } from './result.ts';

/**
 * A job under way. Iterate it for its events, or just await `result`; it runs either way, and iterating late misses
 * nothing.
 */
export class Run implements AsyncIterable<WrapEvent> {
  /** The merged model's path and figures. Rejects with a MarnetError; 'interrupted' after `abort()`. */
  readonly result: Promise<WrapResult>;
  readonly #controller = new AbortController();
  readonly #events: WrapEvent[] = [];
  #wake: (() => void)[] = [];
  #over = false;

  constructor(job: (signal: AbortSignal) => AsyncGenerator<WrapEvent, WrapResult>) {
    this.result = this.#drive(job(this.#controller.signal));
    // The caller may iterate first and await `result` later: that is no unhandled rejection.
    this.result.catch(() => {});
  }

  /** Stops after the current step, with a checkpoint that `resume` goes on from. */
  abort(): void {
    this.#controller.abort(new MarnetError('interrupted', 'stopped on request'));
  }

  /** Its events from the first on, each as soon as it is there; ends, or throws the job's error, with the job. */
  async *[Symbol.asyncIterator](): AsyncIterator<WrapEvent> {
    for (let i = 0; ; ) {
      if (i < this.#events.length) yield this.#events[i++]!;
      else if (this.#over) break;
      else await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
    await this.result;
  }

  async #drive(job: AsyncGenerator<WrapEvent, WrapResult>): Promise<WrapResult> {
    try {
      for (;;) {
        const { done, value } = await job.next();
        if (done) return value;
        this.#events.push(value);
        this.#signal();
      }
    } finally {
      this.#over = true;
      this.#signal();
    }
  }

  #signal(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const resolve of waiting) resolve();
  }
}
