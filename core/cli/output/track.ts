import type { EpochMetrics } from '../../train/job.ts';
import type { WrapEvent } from '../../wrap/events.ts';
import { featuresStage, STAGES } from './describe.ts';
import { Pace } from './pace.ts';

/** Where a stage of the job stands. */
export interface Standing {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  /** Images a second. */
  readonly rate: number | undefined;
  /** Seconds. */
  readonly left: number | undefined;
}

/** Follows the events and knows how far the present stage is, and how fast. */
export class Track {
  #stage = '';
  #pace = new Pace();
  #images = 0;
  #perStep = 0;
  /** The best epoch of the stage so far. */
  best: EpochMetrics | undefined;

  /** Where things stand after the event; undefined for events that move nothing. */
  after(event: WrapEvent): Standing | undefined {
    if (event.type === 'features') {
      const stage = featuresStage(event);
      if (this.#stage !== stage) this.#start(stage);
      this.#pace.mark(event.done - event.cached);
      return this.#standing(event.done, event.total, event.total - event.done);
    }
    if (event.type === 'stage') this.#start(STAGES[event.stage]);
    if (event.type === 'epoch' && event.best) this.best = event.metrics;
    if (event.type !== 'step') return undefined;
    this.#images += event.images;
    this.#perStep = Math.max(this.#perStep, event.images);
    this.#pace.mark(this.#images);
    const done = (event.epoch - 1) * event.stepsPerEpoch + event.step;
    const total = event.epochs * event.stepsPerEpoch;
    return this.#standing(done, total, (total - done) * this.#perStep);
  }

  #start(stage: string): void {
    this.#stage = stage;
    this.#pace = new Pace();
    this.#images = 0;
    this.#perStep = 0;
    this.best = undefined;
  }

  #standing(done: number, total: number, imagesLeft: number): Standing {
    return { stage: this.#stage, done, total, rate: this.#pace.rate, left: this.#pace.left(imagesLeft) };
  }
}

/** "312 images/s, 48 s left" */
export function paceText({ rate, left }: Standing, duration: (seconds: number) => string): string {
  if (rate === undefined) return '';
  const speed = `${rate >= 10 ? Math.round(rate) : rate.toFixed(1)} images/s`;
  return left === undefined || left < 0.5 ? speed : `${speed}, ${duration(left)} left`;
}
