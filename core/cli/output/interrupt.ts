import type { Io } from './io.ts';

/**
 * Milliseconds within which signals are one press of Ctrl-C: the terminal sends it to npm and to its child, and npm
 * passes it on to the child once more.
 */
const ONE_PRESS = 250;

/**
 * On the first Ctrl-C (or SIGTERM) says so and calls `stop`. Then the signals have their usual effect again, so that the
 * system itself ends the process at the second, whatever holds up the event loop.
 * @returns a function that gives the signals back.
 */
export function stopOnInterrupt(io: Io, stop: () => void, say: (text: string) => void): () => void {
  let pressed: NodeJS.Timeout | undefined;
  const release = io.onInterrupt(() => {
    if (pressed) return;
    pressed = setTimeout(() => release(), ONE_PRESS).unref();
    say('Stopping after the current step; press Ctrl-C again to stop at once.');
    stop();
  });
  return () => {
    clearTimeout(pressed);
    release();
  };
}
