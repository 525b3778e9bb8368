import { EXIT } from '../../errors.ts';
import type { Io } from './io.ts';

/**
 * On the first Ctrl-C (or SIGTERM) says so and calls `stop`; on the second ends the process at once.
 * @returns a function that gives the signals back.
 */
export function stopOnInterrupt(io: Io, stop: () => void, say: (text: string) => void): () => void {
  let pressed = false;
  return io.onInterrupt(() => {
    if (pressed) {
      io.exit(EXIT.interrupted);
      return;
    }
    pressed = true;
    say('Stopping after the current step; press Ctrl-C again to stop at once.');
    stop();
  });
}
