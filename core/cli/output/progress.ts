import type { WrapEvent } from '../../wrap/events.ts';

/** Shows the events of a job while it runs. */
export interface Progress {
  show(event: WrapEvent): void;
  /** A line of the command's own, between the others. */
  say(text: string): void;
  /** Takes away what is drawn, before anything else is printed. */
  close(): void;
  /** As `close`, and draws nothing from now on: the process may be ended at any moment. */
  settle(): void;
}
