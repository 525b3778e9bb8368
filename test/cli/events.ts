import type { WrapEvent } from '../../core/wrap/events.ts';

const losses = { loss: 1.5, classification: 1, ema: 0.3, rec: 0.2, cdr: undefined, text: undefined };

const site = {
  value: 'pool',
  shape: ['batch', 64, 7, 7],
  pooling: 'mean-spatial',
  width: 64,
  classifier: { kind: 'opaque', logits: 'scores', classes: 3, why: 'two layers' },
  output: 'scores',
  activation: ['Softmax'],
  reason: 'the last map before the classes',
  score: 1,
} as const;

function sample(i: number) {
  const [text, split] = [i < 9 ? 'rice, egg' : undefined, i < 8 ? 'train' : 'holdout'] as const;
  return { id: `${i}.jpg`, file: `/photos/${i}.jpg`, label: i % 3, text, split };
}

/** A whole job of `epochs` epochs, each of `steps` steps of 4 images, as `wrap` tells it. */
export function* jobEvents(epochs = 3, steps = 2): Generator<WrapEvent> {
  yield { type: 'located', site, others: [{ ...site, value: 'earlier' }] };
  yield {
    type: 'preprocess',
    origin: 'assumed',
    preprocess: {
      width: 224,
      height: 224,
      layout: 'NCHW',
      channels: 'RGB',
      resize: 'crop',
      resizeTo: 256,
      interpolation: 'bilinear',
      scale: 1 / 255,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
  };
  const dataset = {
    root: '/photos',
    layout: 'metadata.csv',
    why: 'metadata.csv',
    holdout: 'drawn' as const,
    classes: ['a', 'b', 'c'],
    samples: Array.from({ length: 10 }, (_, i) => sample(i)),
    test: [],
    notices: ['2 files left out'],
  };
  yield { type: 'data', dataset };
  yield { type: 'features', done: 0, total: 10, cached: 0 };
  yield { type: 'features', done: 10, total: 10, cached: 4 };
  yield { type: 'labels', plan: 'new', reason: 'the model does not know "a"' };
  yield { type: 'notice', message: 'images differ in size' };
  yield { type: 'stage', stage: 'marnet', folder: 'runs/1' };
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (let step = 1; step <= steps; step++) {
      yield {
        type: 'step',
        epoch,
        epochs,
        step,
        stepsPerEpoch: steps,
        images: 4,
        learningRate: 1e-3,
        gradientNorm: 1,
        losses,
        milliseconds: 5,
      };
    }
    const metrics = {
      ...losses,
      epoch,
      learningRate: 1e-3,
      trainAccuracy: 0.5,
      holdoutLoss: 1,
      holdoutAccuracy: 0.25 * Math.min(epoch, 2),
    };
    yield { type: 'epoch', metrics, best: epoch <= 2, milliseconds: 10 };
  }
  yield { type: 'checkpoint', path: 'runs/1/last.safetensors', kind: 'last' };
  yield { type: 'stopped', reason: 'finished', epoch: epochs };
  yield { type: 'exported', path: 'merged.onnx', size: 1_234_567 };
  yield { type: 'verified', images: 2, largestDifference: 1.2e-6, agreement: 1 };
}
