import pc from 'picocolors';
import type { EpochMetrics } from '../../train/job.ts';
import type { WrapEvent } from '../../wrap/events.ts';
import {
  adapterLines,
  dataLines,
  deviceLine,
  featuresLine,
  labelsLine,
  locatedLines,
  lossText,
  preprocessLines,
  STAGES,
} from './describe.ts';
import type { Io } from './io.ts';
import { bytes, duration, percent } from './numbers.ts';
import type { Progress } from './progress.ts';
import { paceText, Track } from './track.ts';

/** What an event is worth telling once, whatever else shows progress. */
export function linesOf(event: WrapEvent): string[] {
  switch (event.type) {
    case 'device':
      return [deviceLine(event)];
    case 'adapter':
      return adapterLines(event);
    case 'located':
      return locatedLines(event);
    case 'preprocess':
      return preprocessLines(event);
    case 'data':
      return dataLines(event.dataset);
    case 'labels':
      return [labelsLine(event)];
    case 'notice':
      return [event.message];
    case 'stage':
      return [`${STAGES[event.stage]} (run folder ${event.folder})`];
    case 'exported':
      return [`Written: ${event.path} (${bytes(event.size)})`];
    default:
      return [];
  }
}

export function epochLine(metrics: EpochMetrics, epochs: number, best: boolean): string {
  const holdout =
    metrics.holdoutAccuracy === undefined
      ? ''
      : `, holdout top-1 ${percent(metrics.holdoutAccuracy)}${best ? ' (best)' : ''}`;
  return `  epoch ${metrics.epoch}${epochs ? `/${epochs}` : ''}: ${lossText(metrics)}, training top-1 ${percent(metrics.trainAccuracy)}${holdout}`;
}

/** How a stage of training ended. */
export function stoppedLine(
  event: Extract<WrapEvent, { type: 'stopped' }>,
  best: EpochMetrics | undefined,
): string {
  const how = {
    finished: event.epoch === 1 ? 'its one epoch done' : `all ${event.epoch} epochs done`,
    'no-improvement': `stopped early after epoch ${event.epoch}, the holdout result no longer improving`,
    interrupted: `interrupted in epoch ${event.epoch}`,
  };
  if (best?.holdoutAccuracy === undefined) return `  ${how[event.reason]}`;
  return `  ${how[event.reason]}; best holdout top-1 ${percent(best.holdoutAccuracy)}, at epoch ${best.epoch}`;
}

/** Plain lines for logs: every fact once, progress a few times a minute. */
export class Lines implements Progress {
  readonly #io: Io;
  readonly #now: () => number;
  readonly #track = new Track();
  readonly #colours;
  #epochs = 0;
  #spoken = Number.NEGATIVE_INFINITY;

  /** Seconds between two lines of progress. */
  static readonly interval = 10;

  /** @param now seconds since any fixed time. */
  constructor(io: Io, now: () => number = () => performance.now() / 1000) {
    this.#io = io;
    this.#now = now;
    this.#colours = pc.createColors(io.colours.err);
  }

  show(event: WrapEvent): void {
    for (const line of linesOf(event)) this.say(event.type === 'notice' ? this.#colours.yellow(line) : line);
    const standing = this.#track.after(event);
    if (event.type === 'stage') this.#spoken = this.#now();
    if (event.type === 'step') this.#epochs = event.epochs;
    if (event.type === 'features' && event.done === event.total) {
      this.say(featuresLine(event));
    } else if (event.type === 'stopped') {
      this.say(stoppedLine(event, this.#track.best));
    } else if (event.type === 'epoch' && (event.metrics.epoch === this.#epochs || this.#isTime())) {
      this.say(epochLine(event.metrics, this.#epochs, event.best));
    } else if (standing && event.type === 'features' && this.#isTime()) {
      const pace = paceText(standing, duration);
      this.say(`${standing.stage}: ${standing.done} of ${standing.total}${pace && `, ${pace}`}`);
    } else if (standing && event.type === 'step' && this.#isTime()) {
      const pace = paceText(standing, duration);
      this.say(
        `  epoch ${event.epoch}, step ${event.step}/${event.stepsPerEpoch}: ${lossText(event.losses)}, ${pace}`,
      );
    }
  }

  say(text: string): void {
    this.#io.err(`${text}\n`);
  }

  close(): void {}

  settle(): void {}

  #isTime(): boolean {
    if (this.#now() - this.#spoken < Lines.interval) return false;
    this.#spoken = this.#now();
    return true;
  }
}
