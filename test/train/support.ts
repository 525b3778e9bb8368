/** Small jobs that a test can run in a second. */
import { type HeadOptionsInput, headOptions } from '../../core/marnet/index.ts';
import {
  type HyperparametersInput,
  hyperparameters,
  type TrainEvent,
  type TrainingJob,
  type TrainResult,
  train,
} from '../../core/train/index.ts';
import { normalsFor } from './normals.ts';

export const smallHeads = {
  latent: 16,
  visualHidden: 16,
  textWidth: 8,
  denoiserWidth: 16,
  timeWidth: 8,
  fusionHidden: 16,
  diffusionSteps: 20,
  samplingSteps: 2,
} as const satisfies HeadOptionsInput;

export interface SyntheticOptions {
  readonly images?: number;
  readonly width?: number;
  readonly classes?: number;
  readonly heads?: HeadOptionsInput;
  readonly hyper?: HyperparametersInput;
  readonly job?: Partial<TrainingJob>;
}

/** Noisy features around a centre for each class; texts name the class's words, some images have none. */
export function syntheticJob(options: SyntheticOptions = {}): TrainingJob {
  const { images = 120, width = 12, classes = 4 } = options;
  const fill = normalsFor(5, 'synthetic');
  const centres = new Float32Array(classes * width);
  fill(centres);
  const features = new Float32Array(images * width);
  fill(features);
  const labels = Int32Array.from({ length: images }, (_, i) => i % classes);
  labels.forEach((label, i) => {
    for (let j = 0; j < width; j++) features[i * width + j]! += 1.5 * centres[label * width + j]! + 3;
  });
  const rows = Array.from(labels, (label, i) =>
    i % 7 === 0 ? undefined : { ids: [2 * label, 2 * label + 1, 2 * classes + (i % 5)], weights: [1, 1, 1] },
  );
  const indices = Array.from(labels, (_, i) => i);
  return {
    source: { kind: 'features', features, width },
    labels,
    classes,
    texts: { vocabulary: 2 * classes + 5, row: (i) => rows[i] },
    trainIndices: indices.filter((i) => i % 5 !== 0),
    holdoutIndices: indices.filter((i) => i % 5 === 0),
    base: 'new',
    heads: headOptions({ ...smallHeads, ...options.heads }),
    hyper: hyperparameters({ epochs: 12, batch: 16, learningRate: 5e-3, ...options.hyper }),
    seed: 1,
    ...options.job,
  };
}

/** Runs a job to its end; `events` gets what it tells. */
export async function finish(
  job: TrainingJob,
  events: TrainEvent[] = [],
  signal?: AbortSignal,
): Promise<TrainResult> {
  const run = train(job, signal);
  for (;;) {
    const next = await run.next();
    if (next.done) return next.value;
    events.push(next.value);
  }
}
