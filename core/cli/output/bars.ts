import { type Bar, Presets, SingleBar } from 'cli-progress';
import pc from 'picocolors';
import type { WrapEvent } from '../../wrap/events.ts';
import { featuresLine } from './describe.ts';
import type { Io } from './io.ts';
import { linesOf, stoppedLine } from './lines.ts';
import { duration, percent } from './numbers.ts';
import type { Progress } from './progress.ts';
import { paceText, type Standing, Track } from './track.ts';

/** Facts as lines, and under them a bar for the stage that is under way. */
export class Bars implements Progress {
  /** Columns for all but the stage and the bar: " 37 %  302 images/s, 1 min 9 s left  loss 1.234, holdout 46.7 %". */
  static readonly #beside = 65;
  readonly #io: Io;
  readonly #track = new Track();
  readonly #colours;
  #bar: Bar | undefined;
  #stage = '';
  #holdout = '';
  /** A bar hides the cursor, and would leave it so. */
  #settled = false;

  constructor(io: Io) {
    this.#io = io;
    this.#colours = pc.createColors(io.colours.err);
  }

  show(event: WrapEvent): void {
    const standing = this.#track.after(event);
    const lines = linesOf(event);
    if (lines.length > 0) this.close();
    for (const line of lines) this.say(event.type === 'notice' ? this.#colours.yellow(line) : line);
    if (event.type === 'stage') this.#holdout = '';
    if (event.type === 'epoch' && event.metrics.holdoutAccuracy !== undefined && event.best)
      this.#holdout = `holdout ${percent(event.metrics.holdoutAccuracy)}`;
    if (event.type === 'stopped') {
      this.close();
      this.say(stoppedLine(event, this.#track.best));
    }
    if (!standing) return;
    const loss = event.type === 'step' ? `loss ${event.losses.loss.toFixed(3)}` : '';
    this.#draw(standing, [loss, this.#holdout].filter(Boolean).join(', '));
    if (event.type === 'features' && event.done === event.total) {
      this.close();
      this.say(featuresLine(event));
    }
  }

  say(text: string): void {
    this.close();
    this.#io.err(`${text}\n`);
  }

  close(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  settle(): void {
    this.close();
    this.#settled = true;
  }

  #draw(standing: Standing, detail: string): void {
    if (this.#settled) return;
    if (this.#stage !== standing.stage) this.close();
    this.#stage = standing.stage;
    const values = { stage: standing.stage, pace: paceText(standing, duration), detail };
    if (this.#bar) {
      this.#bar.update(standing.done, values);
      return;
    }
    const terminal = this.#io.terminal!;
    const room = (terminal.columns ?? 80) - standing.stage.length - Bars.#beside;
    this.#bar = new SingleBar(
      {
        stream: terminal,
        format: '{stage} {bar} {percentage} %  {pace}  {detail}',
        barsize: Math.max(4, Math.min(24, room)),
        hideCursor: true,
        clearOnComplete: true,
        linewrap: true,
        // The command handles signals itself, and ends the bar when it does.
        gracefulExit: false,
      },
      Presets.shades_classic,
    );
    this.#bar.start(standing.total, standing.done, values);
  }
}
