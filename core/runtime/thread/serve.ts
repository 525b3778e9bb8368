/** The side of a `Thread` that answers. */
import { parentPort, workerData } from 'node:worker_threads';
import { type CallFlag, enterCall, leaveCall } from './call-flag.ts';
import { type PlainError, plainError } from './plain-error.ts';

/** What a thread can be asked: functions of plain data, by name. */
// biome-ignore lint/suspicious/noExplicitAny: whatever the thread's own functions take
export type Calls = Record<string, (...args: any[]) => unknown>;

/** A function's name and its arguments; undefined is the end. */
export type Request = readonly [name: string, ...args: unknown[]] | undefined;

export type Reply = { readonly result: unknown } | { readonly error: PlainError };

const handedOver = new WeakMap<object, readonly ArrayBuffer[]>();

/** Marks an answer whose buffers go to the other thread instead of being copied. @returns the answer. */
export function handOver<T extends object>(answer: T, buffers: readonly ArrayBuffer[]): T {
  handedOver.set(answer, buffers);
  return answer;
}

const unfinished = new WeakMap<object, () => void>();

/**
 * Marks an answer that is given before the work is over; the next request waits for it. Where that fails, so does every
 * request from then on. @returns the answer.
 */
export function answerBefore<T extends object>(rest: () => void, answer: T): T {
  unfinished.set(answer, rest);
  return answer;
}

/**
 * Answers the requests of the thread that started this one, one after the other, until it is told to end.
 * @param end called then.
 */
export function serve(calls: Calls, end: () => unknown = () => {}): void {
  const port = parentPort!;
  const flag = workerData as CallFlag;
  /** Of work after an answer. */
  let failure: { readonly error: unknown } | undefined;
  const answer = async (request: Request): Promise<void> => {
    if (!enterCall(flag)) return;
    try {
      if (request === undefined) {
        await end();
        port.close();
        return;
      }
      if (failure) throw failure.error;
      const [name, ...args] = request;
      const result = await calls[name]!(...args);
      const marked = typeof result === 'object' && result !== null ? result : undefined;
      port.postMessage({ result } satisfies Reply, [...((marked && handedOver.get(marked)) ?? [])]);
      finish(marked && unfinished.get(marked));
    } catch (error) {
      port.postMessage({ error: plainError(error) } satisfies Reply);
    } finally {
      leaveCall(flag);
    }
  };
  const finish = (rest: (() => void) | undefined): void => {
    try {
      rest?.();
    } catch (error) {
      failure = { error };
    }
  };
  let last = Promise.resolve();
  port.on('message', (request: Request) => {
    last = last.then(() => answer(request));
  });
}
