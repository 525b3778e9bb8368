/** Batches made in arrays that held others before. */
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../core/graph/index.ts';
import { HeadInputs } from '../../core/train/head-inputs.ts';
import type { TrainingJob } from '../../core/train/index.ts';
import { initialHeads, openEngine, trainingState } from '../../core/train/setup.ts';
import { syntheticJob } from './support.ts';

type Feeds = Readonly<Record<string, Tensor>>;

const BATCH = 16;

const numbersOf = (feeds: Feeds): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, { data }]) => [name, Array.from(data as Float32Array)]),
  );

/** A copy whose arrays are full of something else. */
const dirty = (feeds: Feeds): Feeds =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => [
      name,
      { ...tensor, data: new Float32Array((tensor.data as Float32Array).length).fill(Number.NaN) },
    ]),
  );

const withVectors = (job: TrainingJob): TrainingJob => ({
  ...job,
  texts: { width: 6, row: (i) => (i % 3 === 0 ? undefined : new Float32Array(6).fill(1 + (i % 4))) },
});

describe.each<[string, TrainingJob]>([
  ['words', syntheticJob()],
  ['words, and features dropped', syntheticJob({ heads: { featureDropout: 0.5 } })],
  ['vectors', withVectors(syntheticJob())],
  ['no text', { ...syntheticJob(), texts: { vocabulary: 0, row: () => undefined } }],
])('inputs of the heads with %s', (_, job) => {
  const inputs = new HeadInputs(job, BATCH);

  it.each([
    ['a full batch', BATCH],
    ['one that is not full', 5],
  ])('do not depend on what their arrays held: %s', (_, images) => {
    const indices = job.trainIndices.slice(7, 7 + images);
    const fresh = inputs.of(indices, 2, 3);
    const again = dirty(fresh);
    inputs.fill(again, indices, 2, 3);
    expect(numbersOf(again)).toEqual(numbersOf(fresh));
    expect(Object.keys(inputs.shapes)).toEqual(Object.keys(fresh));
  });
});

describe('a step of fewer images', () => {
  it('after a full one is that of an engine which made no other', async () => {
    const job = syntheticJob({ hyper: { batch: BATCH } });
    const heads = initialHeads(job);
    const few = job.trainIndices.slice(0, 5);
    const outcomes = await Promise.all(
      [true, false].map(async (fullFirst) => {
        const engine = await openEngine(job, trainingState(job, heads), heads);
        const full = job.trainIndices.slice(0, BATCH);
        if (fullFirst) await engine.step(await engine.prepare(full, 0, 0), full, 0, 0);
        const { losses, logits } = await engine.step(await engine.prepare(few, 0, 1), few, 0, 1);
        const result = { losses, logits: Array.from(logits) };
        await engine.close();
        return result;
      }),
    );
    expect(outcomes[0]).toEqual(outcomes[1]);
    expect(outcomes[0]!.losses.loss).toBeGreaterThan(0);
  });
});
