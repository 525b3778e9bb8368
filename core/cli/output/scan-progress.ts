import { Presets, SingleBar } from 'cli-progress';
import type { Io } from './io.ts';
import { duration } from './numbers.ts';
import { Pace } from './pace.ts';

/** How far a look at all images is: a bar in a terminal, a line every ten seconds elsewhere. */
export class ScanProgress {
  static readonly interval = 10;
  readonly #io: Io;
  readonly #pace = new Pace();
  #bar: SingleBar | undefined;
  #spoken = performance.now() / 1000;

  constructor(io: Io) {
    this.#io = io;
  }

  show(done: number, total: number): void {
    this.#pace.mark(done);
    const { rate } = this.#pace;
    const left = this.#pace.left(total - done);
    const pace = rate === undefined ? '' : `${Math.round(rate)} images/s, ${duration(left ?? 0)} left`;
    if (this.#io.terminal) {
      if (!this.#bar) {
        this.#bar = new SingleBar(
          {
            stream: this.#io.terminal,
            format: 'Images {bar} {percentage} %  {pace}',
            barsize: 24,
            hideCursor: true,
            clearOnComplete: true,
          },
          Presets.shades_classic,
        );
        this.#bar.start(total, done, { pace });
      } else this.#bar.update(done, { pace });
      return;
    }
    const now = performance.now() / 1000;
    if (now - this.#spoken < ScanProgress.interval) return;
    this.#spoken = now;
    this.#io.err(`Images: ${done} of ${total}, ${pace}\n`);
  }

  /** Takes the bar away. */
  close(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}
