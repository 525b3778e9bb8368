/**
 * Trains, from nothing and by this project's own training, the small classifier that the demo starts from, and writes
 * core/cli/demo/classifier.onnx. The same seed gives the same file on the same machine.
 *
 *   npx tsx scripts/train-demo-classifier.ts [--epochs 30] [--pictures 300] [--out FILE]
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadModel } from '../adapters/load.ts';
import { METADATA } from '../adapters/onnx/metadata.ts';
import { SHIPPED_CLASSIFIER } from '../core/cli/demo/classifier.ts';
import { BASE_DISHES, writeDishes } from '../core/cli/demo/plates.ts';
import { type Dataset, loadDataset, type Preprocess, preprocessToJson } from '../core/data/index.ts';
import { constantOf, type Graph, type Tensor } from '../core/graph/index.ts';
import { locateFeatures } from '../core/locate/index.ts';
import { headOptions } from '../core/marnet/index.ts';
import { encodeGraph } from '../core/onnx/index.ts';
import { FEATURES, LOGITS, prepareClassifier } from '../core/runtime/classifier.ts';
import { hyperparameters, type TrainResult, train } from '../core/train/index.ts';
import { buildNetwork } from './demo-classifier/network.ts';
import { pictureBatches, readPictures } from './demo-classifier/pictures.ts';

const SEED = 20;
const SIZE = 96;
const HOLDOUT = 25;
const HYPER = { batch: 64, learningRate: 2e-3, weightDecay: 0.05, backboneFactor: 1, patience: 0 } as const;

const PREPROCESS: Preprocess = {
  width: SIZE,
  height: SIZE,
  layout: 'NCHW',
  channels: 'RGB',
  resize: 'crop',
  resizeTo: SIZE,
  interpolation: 'bilinear',
  scale: 1 / 255,
  mean: [0.5, 0.5, 0.5],
  std: [0.25, 0.25, 0.25],
};

const { values } = parseArgs({
  options: {
    epochs: { type: 'string', default: '30' },
    pictures: { type: 'string', default: '300' },
    out: { type: 'string', default: SHIPPED_CLASSIFIER },
  },
});
const began = performance.now();
const folder = await mkdtemp(join(tmpdir(), 'dish-classifier-'));
try {
  const perDish = { train: Number(values.pictures), holdout: HOLDOUT };
  await writeDishes(folder, { dishes: BASE_DISHES, perDish, seed: SEED, size: SIZE });
  const dataset = await loadDataset(folder);
  console.log(`${dataset.samples.length} pictures painted after ${seconds()} s`);
  const metadata = {
    [METADATA.labels]: JSON.stringify(dataset.classes),
    [METADATA.preprocess]: preprocessToJson(PREPROCESS),
  };
  const network = buildNetwork({ size: SIZE, classes: dataset.classes.length, seed: SEED });
  const { parameters, best } = await trained(network, dataset, Number(values.epochs));
  const bytes = encodeGraph(withWeights(network, parameters), { metadata });
  await writeFile(values.out, bytes);
  console.log(
    `${values.out}: ${bytes.length} bytes, holdout ${percent(best.holdoutAccuracy)} in epoch ${best.epoch}, ${seconds()} s`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function trained(network: Graph, dataset: Dataset, epochs: number): Promise<TrainResult> {
  const model = await loadModel(encodeGraph(network));
  const site = locateFeatures(model)[0]!;
  const hyper = hyperparameters({ ...HYPER, epochs });
  const backbone = await prepareClassifier(model.graph, site, {
    logits: true,
    batch: hyper.batch,
    size: PREPROCESS,
  });
  const rows = (split: string) => dataset.samples.flatMap((s, i) => (s.split === split ? [i] : []));
  const run = train({
    source: {
      kind: 'images',
      backbone,
      site: { value: FEATURES, pooling: 'none', width: site.width },
      logits: LOGITS,
      images: pictureBatches(await readPictures(dataset.samples, PREPROCESS), PREPROCESS, SEED),
    },
    labels: Int32Array.from(dataset.samples, (sample) => sample.label),
    classes: dataset.classes.length,
    texts: { vocabulary: 0, row: () => undefined },
    trainIndices: rows('train'),
    holdoutIndices: rows('holdout'),
    base: 'given',
    heads: headOptions({ ema: false, cdr: false }),
    hyper,
    seed: SEED,
  });
  for (;;) {
    const { done, value } = await run.next();
    if (done) return value;
    if (value.type !== 'epoch') continue;
    const { epoch, classification, trainAccuracy, holdoutAccuracy } = value.metrics;
    console.log(
      `epoch ${epoch}: loss ${classification.toFixed(3)}, train ${percent(trainAccuracy)}, holdout ${percent(holdoutAccuracy)}, ${seconds()} s`,
    );
  }
}

function withWeights(network: Graph, parameters: ReadonlyMap<string, Tensor>): Graph {
  const copy = network.clone();
  for (const name of network.constants.keys()) copy.constants.set(name, constantOf(parameters.get(name)!));
  return copy;
}

function seconds(): string {
  return ((performance.now() - began) / 1000).toFixed(0);
}

function percent(share: number | undefined): string {
  return `${(100 * (share ?? Number.NaN)).toFixed(1)} %`;
}
