/**
 * What happens when a device's memory is too small for a batch: its backbone takes half as many images a run, twice as
 * many runs make the batch, and the step is computed again. The gradient stays that of the whole batch (image-engine.ts),
 * and so does everything that was trained before.
 */
import { MarnetError } from '../errors.ts';
import type { Stepper } from './engine.ts';
import type { TrainingJob } from './job.ts';

export interface ShrinkingStepper extends Stepper {
  /** What was decided since it was asked last, in words for the user. */
  notices(): readonly string[];
}

/** What a step is fed with. */
interface Prepared {
  readonly by: Stepper;
  readonly feeds: unknown;
}

/**
 * @param open makes the stepper of a job. It is closed and opened anew with a smaller part when a run, or the making of a
 *   session, fails for lack of memory.
 * @throws MarnetError 'device-memory' where nothing is left to halve.
 */
export async function openShrinking(
  job: TrainingJob,
  open: (job: TrainingJob) => Promise<Stepper>,
): Promise<ShrinkingStepper> {
  let present = job;
  let told: string[] = [];
  const reopen = async (): Promise<Stepper> => {
    for (;;) {
      try {
        return await open(present);
      } catch (error) {
        present = await halved(error);
      }
    }
  };
  const halved = async (error: unknown): Promise<TrainingJob> => {
    if (!(error instanceof MarnetError) || error.code !== 'device-memory') throw error;
    const { source, hyper, trainIndices } = present;
    if (source.kind !== 'images' || !source.resized) throw error;
    const batch = Math.min(hyper.batch, trainIndices.length);
    const part = Math.min(source.backbone.batch, batch);
    if (part === 1) throw error;
    if (source.backbone.running.size > 0)
      throw new MarnetError('device-memory', error.message, {
        hint: 'Use a smaller --batch. It is not made smaller by itself here, as statistics of BatchNormalization are those of the whole batch.',
        cause: error,
      });
    const smaller = Math.ceil(part / 2);
    told.push(
      `The device's memory is too small for ${part} images at once. From here on the backbone takes ${smaller} a run, and ${Math.ceil(batch / smaller)} runs make a batch of ${batch}; the gradient is the same.`,
    );
    return { ...present, source: { ...source, backbone: await source.resized(smaller) } };
  };
  let stepper = await reopen();
  const withEnough = async <T>(run: (stepper: Stepper) => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await run(stepper);
      } catch (error) {
        present = await halved(error);
        await stepper.close();
        stepper = await reopen();
      }
    }
  };
  const prepare = async (indices: readonly number[], epoch: number, step: number): Promise<Prepared> => {
    const by = stepper;
    return { by, feeds: await by.prepare(indices, epoch, step) };
  };
  // Only of features in memory, where there is nothing to halve.
  const { stepAndUpdate } = stepper;
  return {
    batch: stepper.batch,
    prepare,
    ...(stepAndUpdate && {
      stepAndUpdate: (prepared, indices, learningRate) =>
        stepAndUpdate((prepared as Prepared).feeds, indices, learningRate),
    }),
    step(prepared, indices, epoch, step) {
      // What was made for a stepper that is closed now, or was handed over to a run that failed, is made again.
      let ready: Prepared | undefined = prepared as Prepared;
      return withEnough(async (each) => {
        const { feeds } = ready?.by === each ? ready : await prepare(indices, epoch, step);
        ready = undefined;
        return each.step(feeds, indices, epoch, step);
      });
    },
    evaluate: (indices) => withEnough((each) => each.evaluate(indices)),
    close: () => stepper.close(),
    notices() {
      const notices = told;
      told = [];
      return notices;
    },
  };
}
