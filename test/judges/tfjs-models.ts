/** TensorFlow.js models that come with development dependencies, as others trained and published them. */
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { humanModel } from '../adapters/tfjs/graph-model/human.ts';
import { unpackNsfwjs } from '../adapters/tfjs/nsfwjs.ts';

export interface PublishedModel {
  readonly name: string;
  readonly kind: 'graph-model' | 'layers-model';
  /** Calls back with the path of the model.json, which is only there meanwhile. */
  readonly use: <T>(callback: (file: string) => Promise<T>) => Promise<T>;
}

const nsfwjs = (model: 'mobilenet_v2' | 'mobilenet_v2_mid' | 'inception_v3'): PublishedModel => ({
  name: `nsfwjs ${model}`,
  kind: model === 'mobilenet_v2_mid' ? 'graph-model' : 'layers-model',
  use: async (callback) => {
    const file = join(unpackNsfwjs(model), 'model.json');
    try {
      return await callback(file);
    } finally {
      rmSync(dirname(file), { recursive: true });
    }
  },
});

const human = (model: string): PublishedModel => ({
  name: `human ${model}`,
  kind: 'graph-model',
  use: (callback) => callback(humanModel(model)),
});

export const PUBLISHED_MODELS: readonly PublishedModel[] = [
  nsfwjs('mobilenet_v2'),
  nsfwjs('mobilenet_v2_mid'),
  nsfwjs('inception_v3'),
  ...['faceres', 'emotion', 'gear', 'gender', 'liveness', 'antispoof'].map(human),
];
