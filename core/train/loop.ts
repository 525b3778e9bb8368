import { setImmediate } from 'node:timers/promises';
import { MarnetError } from '../errors.ts';
import type { Tensor } from '../graph/index.ts';
import { checkJob } from './check.ts';
import { bestPath, loadLast, metricsPath, type Progress, saveBest, saveLast } from './checkpoint.ts';
import type { Engine, StepOutcome } from './engine.ts';
import { replaceFile } from './files.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { EpochMetrics, StopReason, TrainEvent, TrainingJob, TrainResult } from './job.ts';
import {
  addStep,
  countCorrect,
  type EpochTotals,
  isBetter,
  meanCrossEntropy,
  meansOf,
  metricsCsv,
  newTotals,
} from './metrics.ts';
import { imageOrder } from './order.ts';
import { rateFactor } from './schedule.ts';
import { initialHeads, keptState, openEngineApart } from './setup.ts';
import type { KeptState } from './state.ts';

/** A checkpoint is written at the end of an epoch when the last one is this old, and between steps when twice that. */
const CHECKPOINT_SECONDS = 30;

/**
 * Trains the heads, and with an image source the backbone too. Everything random is a function of seed, epoch and
 * step, so a run that was interrupted and resumed gives the same bytes as one that was not.
 *
 * @param signal stops the run after the step under way, with a checkpoint to resume from.
 * @throws MarnetError 'interrupted' after `signal`, 'non-finite' when the loss, that of the holdout, or the gradient is no number any more,
 *   'resume' when the checkpoint is of another job, 'output' when the folder cannot be written.
 */
export async function* train(
  job: TrainingJob,
  signal?: AbortSignal,
): AsyncGenerator<TrainEvent, TrainResult> {
  checkJob(job);
  const heads = initialHeads(job);
  const state = keptState(job, heads);
  const run = new TrainingRun(job, state, heads);
  await run.resume();
  const engine = await openEngineApart(job, state, heads);
  try {
    return yield* run.epochs(engine, signal);
  } finally {
    await engine.close();
  }
}

interface TakenStep {
  readonly totals: EpochTotals;
  /** Of the gradient, before clipping; NaN where the loss is not finite, and nothing was changed. */
  readonly norm: number;
  readonly rate: number;
  /** That it was taken with. */
  readonly lossScale: number | undefined;
}

class TrainingRun {
  readonly #job: TrainingJob;
  readonly #state: KeptState;
  readonly #heads: ReadonlyMap<string, Tensor>;
  readonly #fingerprint: string;
  #progress: Progress = { epoch: 0, step: 0, totals: newTotals(), history: [], best: undefined };
  /** The values of the best epoch. */
  #best: Float32Array | undefined;
  #savedAt = performance.now();
  #bestSaved: number | undefined;

  constructor(job: TrainingJob, state: KeptState, heads: ReadonlyMap<string, Tensor>) {
    this.#job = job;
    this.#state = state;
    this.#heads = heads;
    this.#fingerprint = fingerprintOf(job);
  }

  async resume(): Promise<void> {
    const { folder, resume } = this.#job;
    if (!folder || !resume) return;
    const loaded = await loadLast(folder, this.#fingerprint, this.#state);
    if (!loaded) return;
    this.#progress = loaded.progress;
    this.#best = loaded.best;
    await this.#writeMetrics();
  }

  async *epochs(engine: Engine, signal?: AbortSignal): AsyncGenerator<TrainEvent, TrainResult> {
    const { hyper, trainIndices, labels, seed } = this.#job;
    const progress = this.#progress;
    let reason: StopReason = 'finished';
    yield* this.#notices(engine);
    while (progress.epoch < hyper.epochs) {
      if (this.#stalled()) {
        reason = 'no-improvement';
        break;
      }
      const began = performance.now();
      const order = imageOrder(trainIndices, labels, seed, progress.epoch, hyper.balanced);
      const batches = chunks(order, engine.batch);
      yield* this.#steps(engine, batches, signal);
      if (progress.totals.images === 0) yield* this.#notFinite(lossNamed(Number.NaN), progress.step - 1);
      const metrics = await this.#evaluate(engine, Math.ceil(batches.length / hyper.accumulate));
      yield* this.#notices(engine);
      const { holdoutLoss = 0 } = metrics;
      if (!Number.isFinite(holdoutLoss))
        yield* this.#notFinite(`the loss on the holdout (${holdoutLoss})`, progress.step - 1);
      const best = isBetter(metrics, progress.best);
      if (best) {
        progress.best = metrics;
        await engine.pull('values');
        this.#best = this.#state.values.slice();
      }
      progress.history.push(metrics);
      progress.epoch++;
      progress.step = 0;
      progress.totals = newTotals();
      await this.#writeMetrics();
      yield { type: 'epoch', metrics, best, milliseconds: performance.now() - began };
      if (this.#age() > CHECKPOINT_SECONDS) yield* this.#save(engine);
    }
    yield* this.#save(engine);
    yield { type: 'stopped', reason, epoch: progress.epoch };
    if (this.#best) {
      this.#state.values.set(this.#best);
      await engine.push();
    }
    return this.#result(reason, await engine.evaluate(this.#job.holdoutIndices));
  }

  async *#steps(
    engine: Engine,
    batches: readonly (readonly number[])[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<TrainEvent, void> {
    const { hyper } = this.#job;
    const progress = this.#progress;
    const { epoch } = progress;
    const steps = Math.ceil(batches.length / hyper.accumulate);
    const begin = this.#stepBeginner(engine, batches, steps);
    /** Steps under way: the one that is computed, and where it may be asked for already, the next. */
    const running: Promise<TakenStep>[] = [];
    const most = engine.stepAndUpdate ? 2 : 1;
    const saveIsDue = (): boolean => this.#age() > 2 * CHECKPOINT_SECONDS;
    let next = progress.step;
    let began = performance.now();
    while (progress.step < steps) {
      if (running.length === 0) {
        if (signal?.aborted) yield* this.#interrupted(engine);
        if (saveIsDue()) yield* this.#save(engine);
      }
      for (; next < steps && running.length < most; next++) {
        // What is under way is to be counted before the run stops, or is saved.
        if (running.length > 0 && (signal?.aborted || saveIsDue())) break;
        const { taken } = await begin(next);
        taken.catch(() => {}); // a failure shows when it is awaited
        running.push(taken);
      }
      const { totals, norm, rate, lossScale } = await running.shift()!;
      const { images, correct } = totals;
      const { step } = progress;
      const losses = meansOf(totals);
      const skipped = !Number.isFinite(norm) && lossScale !== undefined && lossScale >= 2;
      if (!skipped && !(Number.isFinite(norm) && Number.isFinite(losses.loss)))
        yield* this.#notFinite(Number.isFinite(losses.loss) ? 'the gradient' : lossNamed(losses.loss), step);
      if (Number.isFinite(losses.loss)) addStep(progress.totals, losses, images, correct);
      progress.step++;
      const now = performance.now();
      yield {
        type: 'step',
        epoch: epoch + 1,
        epochs: hyper.epochs,
        step: step + 1,
        stepsPerEpoch: steps,
        images,
        learningRate: rate,
        gradientNorm: norm,
        ...(lossScale !== undefined && { lossScale }),
        losses,
        milliseconds: now - began,
      };
      began = now;
      if (skipped) yield { type: 'notice', message: skipNotice(epoch, step, lossScale) };
      yield* this.#notices(engine);
      await setImmediate(); // lets signals and timers through
    }
    if (signal?.aborted) yield* this.#interrupted(engine);
  }

  /**
   * What begins the steps of an epoch, from the present one on and in their order. What the next one is fed with is made while
   * a step runs, on a thread of its own.
   */
  #stepBeginner(
    engine: Engine,
    batches: readonly (readonly number[])[],
    steps: number,
  ): (step: number) => Promise<{ taken: Promise<TakenStep> }> {
    const { hyper, labels, classes } = this.#job;
    const { epoch, step: first } = this.#progress;
    const { stepAndUpdate } = engine;
    const prepare = (k: number): Promise<unknown> | undefined => {
      const pending = batches[k] && engine.prepare(batches[k], epoch, k);
      pending?.catch(() => {}); // a failure shows when it is awaited
      return pending;
    };
    let ahead = prepare(first * hyper.accumulate);
    const add = (totals: EpochTotals, k: number, { losses, logits }: StepOutcome): void => {
      const images = batches[k]!;
      addStep(totals, losses, images.length, countCorrect(logits, images, labels, classes));
    };
    const takeBatches = async (step: number, rate: number): Promise<TakenStep> => {
      const totals = newTotals();
      for (
        let k = step * hyper.accumulate;
        k < Math.min(batches.length, (step + 1) * hyper.accumulate);
        k++
      ) {
        const computing = engine.step(await ahead, batches[k]!, epoch, k);
        ahead = prepare(k + 1);
        add(totals, k, await computing);
      }
      const lossScale = this.#state.lossScale?.value;
      const usable = Number.isFinite(meansOf(totals).loss) || lossScale !== undefined;
      return { totals, rate, lossScale, norm: usable ? await engine.update(rate) : Number.NaN };
    };
    return async (step) => {
      const rate = this.#rate(epoch * steps + step, steps);
      if (!stepAndUpdate) return { taken: takeBatches(step, rate) };
      const updating = stepAndUpdate(await ahead, batches[step]!, rate);
      ahead = prepare(step + 1);
      const taken = updating.then(({ outcome, norm }) => {
        const totals = newTotals();
        add(totals, step, outcome);
        return { totals, rate, norm, lossScale: undefined };
      });
      return { taken };
    };
  }

  *#notices(engine: Engine): Generator<TrainEvent, void> {
    for (const message of engine.notices()) yield { type: 'notice', message };
  }

  #rate(step: number, stepsPerEpoch: number): number {
    const { learningRate, epochs, warmup } = this.#job.hyper;
    return learningRate * rateFactor(step, epochs * stepsPerEpoch, warmup);
  }

  async #evaluate(engine: Engine, stepsPerEpoch: number): Promise<EpochMetrics> {
    const { holdoutIndices: held, labels, classes } = this.#job;
    const { epoch, totals } = this.#progress;
    const logits = held.length > 0 ? await engine.evaluate(held) : undefined;
    return {
      epoch: epoch + 1,
      learningRate: this.#rate((epoch + 1) * stepsPerEpoch - 1, stepsPerEpoch),
      ...meansOf(totals),
      trainAccuracy: totals.correct / totals.images,
      holdoutLoss: logits && meanCrossEntropy(logits, held, labels, classes),
      holdoutAccuracy: logits && countCorrect(logits, held, labels, classes) / held.length,
    };
  }

  #stalled(): boolean {
    const { patience } = this.#job.hyper;
    const { best, epoch } = this.#progress;
    return patience > 0 && best?.holdoutAccuracy !== undefined && epoch - best.epoch >= patience;
  }

  #age(): number {
    return (performance.now() - this.#savedAt) / 1000;
  }

  async *#save(engine: Engine): AsyncGenerator<TrainEvent, void> {
    const { folder } = this.#job;
    if (!folder) return;
    await engine.pull('all');
    const path = await saveLast(folder, this.#fingerprint, this.#state, this.#progress, this.#best);
    this.#savedAt = performance.now();
    yield { type: 'checkpoint', path, kind: 'last' };
    yield* this.#saveBest(folder);
  }

  async *#saveBest(folder: string): AsyncGenerator<TrainEvent, void> {
    const { best } = this.#progress;
    if (!best || best.epoch === this.#bestSaved) return;
    const path = await saveBest(folder, this.#bestParameters(), best);
    this.#bestSaved = best.epoch;
    yield { type: 'checkpoint', path, kind: 'best' };
  }

  async #writeMetrics(): Promise<void> {
    const { folder } = this.#job;
    if (folder) await replaceFile(metricsPath(folder), [metricsCsv(this.#progress.history)]);
  }

  async *#interrupted(engine: Engine): AsyncGenerator<TrainEvent, never> {
    yield* this.#save(engine);
    const { epoch, step } = this.#progress;
    yield { type: 'stopped', reason: 'interrupted', epoch };
    const { folder } = this.#job;
    throw new MarnetError('interrupted', `stopped in epoch ${epoch + 1} after step ${step}`, {
      hint: folder
        ? `Go on with --resume and the same options; the checkpoint is in ${folder}.`
        : 'No run folder was given, so no checkpoint was kept.',
    });
  }

  /** @param what is no finite number. @param step after which. */
  async *#notFinite(what: string, step: number): AsyncGenerator<TrainEvent, never> {
    const { folder } = this.#job;
    const { epoch, best } = this.#progress;
    if (folder) yield* this.#saveBest(folder);
    const kept = folder && best ? ` The weights of epoch ${best.epoch} are kept in ${bestPath(folder)}.` : '';
    throw new MarnetError(
      'non-finite',
      `${what} is no longer a finite number in epoch ${epoch + 1}, step ${step + 1}`,
      {
        hint: `Try a tenth of the learning rate (now ${this.#job.hyper.learningRate}), a longer warm-up, or a smaller clip norm; ${this.#job.precision === 'float16' ? 'train with --precision float32; ' : ''}and check that no image or feature holds NaN.${kept}`,
      },
    );
  }

  /** Heads with their buffers, and the backbone's weights where it was trained. */
  #bestParameters(): Map<string, Tensor> {
    return new Map([...this.#heads, ...this.#state.snapshot(this.#best ?? this.#state.values)]);
  }

  #result(reason: StopReason, holdoutLogits: Float32Array): TrainResult {
    const { best, history } = this.#progress;
    return {
      parameters: this.#bestParameters(),
      bestEpoch: best!.epoch,
      best: best!,
      holdoutLogits,
      history,
      reason: reason === 'no-improvement' ? reason : 'finished',
    };
  }
}

function lossNamed(loss: number): string {
  return `the loss (${loss})`;
}

function skipNotice(epoch: number, step: number, lossScale: number): string {
  return `The gradient of epoch ${epoch + 1}, step ${step + 1} is no finite number in float16 with a loss scale of ${lossScale}: the step is left out, and the scale halved.`;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
