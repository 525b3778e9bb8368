import type { WrapEvent } from '../../wrap/events.ts';
import type { Io } from './io.ts';
import type { Progress } from './progress.ts';

/**
 * The event as one JSON value. Events go out as they are (docs/commands.md lists their fields), but for the data,
 * of which the counts go out and not every row.
 */
export function jsonOf(event: WrapEvent): object {
  if (event.type !== 'data') return event;
  const { root, layout, why, classes, samples, test, notices, holdout } = event.dataset;
  const train = samples.filter((sample) => sample.split === 'train').length;
  return {
    type: 'data',
    root,
    layout,
    why,
    classes,
    train,
    holdout: samples.length - train,
    test: test.length,
    holdoutFrom: holdout,
    withoutText: samples.filter((sample) => !sample.text).length,
    notices,
  };
}

/** One JSON object a line on standard output for each event, and nothing else there. */
export class JsonLines implements Progress {
  readonly #io: Io;

  constructor(io: Io) {
    this.#io = io;
  }

  show(event: WrapEvent): void {
    this.#io.out(`${JSON.stringify(jsonOf(event))}\n`);
  }

  say(text: string): void {
    this.#io.err(`${text}\n`);
  }

  close(): void {}

  settle(): void {}
}

/** Shows nothing; what a command says itself still comes out. */
export class Silence implements Progress {
  readonly #io: Io;

  constructor(io: Io) {
    this.#io = io;
  }

  show(_event: WrapEvent): void {}

  say(text: string): void {
    this.#io.err(`${text}\n`);
  }

  close(): void {}

  settle(): void {}
}
