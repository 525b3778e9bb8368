/** Labels and texts of mixed images, as the heads are fed with them. */
import { describe, expect, it } from 'vitest';
import type { Mixing } from '../../core/data/augment/index.ts';
import { MASKED } from '../../core/marnet/index.ts';
import { batchName } from '../../core/train/batch-name.ts';
import { HeadInputs } from '../../core/train/head-inputs.ts';
import type { BagsOfWords, ImageSource, TrainingJob } from '../../core/train/job.ts';
import { syntheticJob } from './support.ts';

const CLASSES = 4;

/** A job whose images are mixed in the same way at every step. */
function jobWith(mixing: Mixing | undefined, labelSmoothing = 0): TrainingJob {
  const job = syntheticJob({ hyper: { labelSmoothing } });
  const source = {
    kind: 'images',
    site: { value: 'features', pooling: 'none', width: 12 },
    mixing: () => mixing,
  } as unknown as ImageSource;
  return { ...job, source };
}

function fill(job: TrainingJob, indices: readonly number[]) {
  const inputs = new HeadInputs(job, 4).of(indices, 0, 0);
  return (name: string): number[] => [...(inputs[batchName(name)]!.data as Float32Array)];
}

describe('mixed images', () => {
  const mixing = { share: 0.75, box: undefined };
  // Classes 1, 2, 3, 0; the image at 28 has no text.
  const indices = [1, 2, 3, 28];

  it('have the labels of both', () => {
    const labels = fill(jobWith(mixing), indices)('labels');
    expect(labels.slice(0, CLASSES)).toEqual([0.25, 0.75, 0, 0]); // with the last row's class, 0
    expect(labels.slice(CLASSES, 2 * CLASSES)).toEqual([0, 0.25, 0.75, 0]);
    const smooth = fill(jobWith(mixing, 0.2), indices)('labels');
    [0.05 + 0.2, 0.05 + 0.6, 0.05, 0.05].forEach((value, i) => {
      expect(smooth[i]).toBeCloseTo(value, 6);
    });
    expect(fill(jobWith(undefined), indices)('labels').slice(0, CLASSES)).toEqual([0, 1, 0, 0]);
  });

  it('have the texts of both, where both have one', () => {
    const job = jobWith(mixing);
    const texts = job.texts as BagsOfWords;
    const { vocabulary } = texts;
    const of = fill(job, indices);
    const bag = of('text');
    const second = bag.slice(vocabulary, 2 * vocabulary);
    const expected = new Array<number>(vocabulary).fill(0);
    for (const [image, share] of [
      [2, 0.75],
      [1, 0.25],
    ] as const)
      for (const id of texts.row(image)!.ids as number[]) expected[id]! += share;
    expect(second).toEqual(expected);
    // The first is mixed with the image without a text, and the last is that image.
    expect(bag.slice(0, vocabulary).every((value) => value === 0)).toBe(true);
    expect(of('text-rows')).toEqual([0, 0.5, 0.5, 0]);
  });

  it('are no negatives of each other where they share an image', () => {
    const of = fill(jobWith(mixing), [1, 2, 3, 4]);
    const masked = of('pair-mask').map((value) => value === MASKED);
    const at = (i: number, j: number): boolean => masked[4 * i + j]!;
    // Rows are 1+4, 2+1, 3+2, 4+3: neighbours share an image, those two apart do not.
    expect([at(0, 1), at(1, 2), at(2, 3), at(3, 0)]).toEqual([true, true, true, true]);
    expect([at(0, 2), at(1, 3)]).toEqual([false, false]);
    const unmixed = fill(jobWith(undefined), [1, 2, 3, 4])('pair-mask');
    expect(unmixed.every((value) => value === 0)).toBe(true);
  });
});
