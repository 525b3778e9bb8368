/**
 * Whether a thread is within a call, in memory that it shares with the thread that started it. Node ends threads with
 * the process, and one that is ended within onnxruntime takes the process down with an abort: so whoever ends the process,
 * by an error, a signal or a closed pipe, waits for the call under way.
 */
const [IDLE, CALLED, OVER] = [0, 1, 2];

export type CallFlag = Int32Array<SharedArrayBuffer>;

export function newCallFlag(): CallFlag {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** On the thread, before a call. @returns false where the process is about to end. */
export function enterCall(flag: CallFlag): boolean {
  return Atomics.compareExchange(flag, 0, IDLE, CALLED) === IDLE;
}

/** On the thread, after it. */
export function leaveCall(flag: CallFlag): void {
  Atomics.store(flag, 0, IDLE);
  Atomics.notify(flag, 0);
}

const flags = new Set<CallFlag>();

/** From now on the process does not end within a call. @returns a function that ends this. */
export function awaitCallAtExit(flag: CallFlag): () => void {
  if (flags.size === 0) process.once('exit', awaitCalls);
  flags.add(flag);
  return () => {
    flags.delete(flag);
    if (flags.size === 0) process.off('exit', awaitCalls);
  };
}

function awaitCalls(): void {
  // A signal that comes now has its usual effect, which is to end the process at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeAllListeners(signal);
  for (const flag of flags)
    while (Atomics.compareExchange(flag, 0, IDLE, OVER) === CALLED) Atomics.wait(flag, 0, CALLED);
}
