import { describe, expect, it } from 'vitest';
import { headOptions } from '../../core/marnet/index.ts';
import { prepareBackbone } from '../../core/runtime/backbone.ts';
import {
  type HyperparametersInput,
  hyperparameters,
  type TrainEvent,
  type TrainingJob,
} from '../../core/train/index.ts';
import { initialHeads, trainingState } from '../../core/train/setup.ts';
import { CLASSES, FEATURES, labels, pixelsOf, residualNetwork, SIZE } from './residual.ts';
import { finish, smallHeads, syntheticJob } from './support.ts';

/** Losses of steps with these settings, without anything that is drawn for each batch. */
async function stepsOf(hyper: HyperparametersInput, job: Partial<TrainingJob> = {}) {
  const events: TrainEvent[] = [];
  const heads = { ...smallHeads, dropout: 0, cdr: false, wEma: 0, wText: 0 };
  const base = syntheticJob({ images: 100, heads, hyper: { epochs: 4, patience: 0, ...hyper }, job });
  const result = await finish(base, events);
  return { steps: events.flatMap((e) => (e.type === 'step' ? [e] : [])), result };
}

describe('gradient accumulation', () => {
  it('takes the steps of a batch as large as all of its batches', async () => {
    // 80 images: batches of 24 leave one of 8 at the end, those of 12 one that is alone in its step.
    const large = await stepsOf({ batch: 24 });
    for (const [batch, accumulate] of [
      [12, 2],
      [8, 3],
      [5, 5],
    ] as const) {
      const small = await stepsOf({ batch, accumulate });
      if (batch * accumulate === 24) {
        expect(small.steps.map(({ images }) => images)).toEqual(large.steps.map(({ images }) => images));
        small.steps.forEach((step, i) => {
          const expected = large.steps[i]!;
          // AdamW's first steps are of one size whatever the gradient's: rounding grows from step to step.
          expect(step.losses.loss).toBeCloseTo(expected.losses.loss, i === 0 ? 5 : 3);
          expect(step.gradientNorm / expected.gradientNorm).toBeCloseTo(1, i === 0 ? 4 : 2);
          expect(step.learningRate).toBe(expected.learningRate);
        });
        expect(small.result.best.holdoutLoss).toBeCloseTo(large.result.best.holdoutLoss!, 2);
      } else {
        expect(
          small.steps.slice(0, 4).map(({ images, step, stepsPerEpoch }) => [images, step, stepsPerEpoch]),
        ).toEqual([
          [25, 1, 4],
          [25, 2, 4],
          [25, 3, 4],
          [5, 4, 4],
        ]);
      }
    }
  });

  it('is not the same as a larger batch for the contrastive loss', async () => {
    const heads = headOptions({ ...smallHeads, dropout: 0, cdr: false, wText: 0 });
    const large = await stepsOf({ batch: 24 }, { heads });
    const small = await stepsOf({ batch: 12, accumulate: 2 }, { heads });
    expect(small.steps[0]!.losses.classification).toBeCloseTo(large.steps[0]!.losses.classification, 5);
    expect(small.steps[0]!.losses.ema!).toBeLessThan(large.steps[0]!.losses.ema! - 0.1);
  });
});

describe('step sizes by group', () => {
  async function factorsOf(hyper: HyperparametersInput): Promise<Record<string, number>> {
    const size = { height: SIZE, width: SIZE };
    const backbone = await prepareBackbone(residualNetwork(), { outputs: ['map', 'logits'], batch: 4, size });
    const job: TrainingJob = {
      source: {
        kind: 'images',
        backbone,
        site: { value: 'map', pooling: 'mean-spatial', width: FEATURES },
        logits: 'logits',
        depths: new Map([
          ['top.weight', 1],
          ['gate.weight', 2],
        ]),
        images: async (wanted) => pixelsOf(wanted),
      },
      labels,
      classes: CLASSES,
      texts: { vocabulary: 0, row: () => undefined },
      trainIndices: [0, 1, 2, 3],
      holdoutIndices: [],
      base: 'given',
      heads: headOptions(smallHeads),
      hyper: hyperparameters({ learningRate: 1e-2, ...hyper }),
      seed: 1,
    };
    const { segments } = trainingState(job, initialHeads(job));
    return Object.fromEntries(segments.map(({ name, rateFactor }) => [name, rateFactor]));
  }

  it('fall layer by layer from the backbone’s own', async () => {
    const factors = await factorsOf({ backboneLearningRate: 2e-3, layerDecay: 0.5 });
    expect(factors['fc.weight']).toBeCloseTo(0.2);
    expect(factors['top.weight']).toBeCloseTo(0.1);
    expect(factors['gate.weight']).toBeCloseTo(0.05);
    expect(
      Object.entries(factors)
        .filter(([name]) => name.startsWith('marnet/'))
        .every(([, f]) => f === 1),
    ).toBe(true);
  });

  it('are a tenth of the heads’ unless told', async () => {
    const factors = await factorsOf({});
    expect(factors['fc.weight']).toBeCloseTo(0.1);
    expect(factors['gate.weight']).toBeCloseTo(0.1);
  });
});
