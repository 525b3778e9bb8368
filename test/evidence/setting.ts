/** What is trained of a backbone: the heads alone on its features, or its last layers with them. */
import { imageLength } from '../../core/data/index.ts';
import { imageWriter } from '../../core/data/normalise.ts';
import { FEATURES, prepareClassifier } from '../../core/runtime/classifier.ts';
import { cutBelow } from '../../core/runtime/cut.ts';
import { openFrozenPart } from '../../core/runtime/frozen-part.ts';
import { layersOf } from '../../core/runtime/layers.ts';
import { type Hyperparameters, hyperparameters, type TrainingJob } from '../../core/train/index.ts';
import { featureStatistics } from '../../core/train/statistics.ts';
import { FROZEN_TRAINING } from '../../core/wrap/options.ts';
import { lastLayers } from '../../core/wrap/tuning/last-layers.ts';
import type { Backbone } from './backbones.ts';
import type { EvidenceDataset } from './dataset.ts';
import { type EvidenceRows, featuresOf, rowsOf, type Severity, siteOf } from './features.ts';

export interface Setting {
  /** 'frozen' or 'last:N', as `--tune` has them. */
  readonly mode: string;
  readonly rows: EvidenceRows;
  readonly hyper: Hyperparameters;
  readonly source: TrainingJob['source'];
  /** Of the features, where training does not compute them itself. */
  readonly statistics?: TrainingJob['statistics'];
}

export async function settingOf(
  cache: string,
  backbone: Backbone,
  dataset: EvidenceDataset,
  mode: string,
  severities: readonly Severity[] | undefined,
): Promise<Setting> {
  return mode === 'frozen'
    ? frozen(await featuresOf(cache, backbone, dataset, severities))
    : await last(cache, backbone, dataset, Number(mode.replace('last:', '')), severities);
}

export function frozen(rows: EvidenceRows): Setting {
  return {
    mode: 'frozen',
    rows,
    hyper: hyperparameters(FROZEN_TRAINING),
    source: { kind: 'features', features: rows.rows, width: rows.width },
  };
}

/** The defaults but for their 40 epochs: the best one is found before these are over, and holdouts tell. */
const LAST_EPOCHS = 15;

/** The images are put through the layers below once; training runs on what those give, as `--tune last:N` does. */
async function last(
  cache: string,
  backbone: Backbone,
  dataset: EvidenceDataset,
  count: number,
  severities: readonly Severity[] = [3], // of all five the values at the cut take hours, and gigabytes
): Promise<Setting> {
  const { model, preprocess, name } = backbone;
  const site = siteOf(backbone);
  const hyper = hyperparameters({ epochs: LAST_EPOCHS });
  const whole = await prepareClassifier(model.graph, site, {
    logits: false,
    batch: hyper.batch,
    size: preprocess,
    trainable: () => true,
  });
  const layers = layersOf(whole.graph, new Set(whole.parameters.keys()), FEATURES);
  const trained = new Set(lastLayers(layers, count, false).flatMap(({ parameters }) => parameters));
  const { upper, lower } = cutBelow(whole, trained);
  if (!lower) throw new Error(`last:${count} trains all of ${name}`);
  const width = upper.fed.reduce((sum, { shape }) => sum + shape.slice(1).reduce((a, b) => a * b, 1), 0);
  const length = imageLength(preprocess);
  const write = imageWriter(preprocess);
  const rows = await rowsOf(cache, `${name} last:${count}`, dataset, {
    width,
    severities,
    open: async () => {
      const part = await openFrozenPart(whole, lower);
      return {
        preprocess,
        batch: hyper.batch,
        lanes: 1,
        run: (images) => {
          const pixels = new Float32Array(images.length * length);
          images.forEach((image, i) => {
            write(image, pixels, i * length);
          });
          return part.run(pixels, images.length);
        },
        close: () => part.close(),
      };
    },
  });
  const features = await featuresOf(cache, backbone, dataset, severities);
  const trainIndices = dataset.images.flatMap(({ split }, i) => (split === 'train' ? [i] : []));
  const depths = new Map(
    layers.layers.flatMap((layer, i) =>
      layer.parameters.map((parameter) => [parameter, layers.layers.length - i] as const),
    ),
  );
  return {
    mode: `last:${count}`,
    rows,
    hyper,
    statistics: featureStatistics(features.rows, features.width, trainIndices),
    source: {
      kind: 'images',
      backbone: upper,
      site: { value: FEATURES, pooling: 'none', width: site.width },
      depths,
      images: async (indices) => {
        const some = new Float32Array(indices.length * width);
        indices.forEach((index, i) => {
          some.set(rows.rows.subarray(index * width, (index + 1) * width), i * width);
        });
        return some;
      },
    },
  };
}
