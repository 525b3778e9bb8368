/** The layers-models of nsfwjs, as they are published: MobileNetV2 and InceptionV3, their weights in 8 bits. */
import { rmSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { layersModelGraph } from '../../../../adapters/tfjs/layers-model/index.ts';
import { readTfjs } from '../../../../adapters/tfjs/read/index.ts';
import { float32 } from '../../../../core/graph/index.ts';
import { unpackNsfwjs } from '../nsfwjs.ts';
import { picture, stockLayersModel, tf } from '../stock.ts';
import { difference, runGraph } from './against-layers.ts';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe('nsfwjs', () => {
  it.each(['mobilenet_v2', 'inception_v3'] as const)('%s gives the same probabilities', async (name) => {
    const folder = unpackNsfwjs(name);
    try {
      const graph = layersModelGraph(await readTfjs(folder));
      const model = await stockLayersModel(folder);
      const [{ name: input, shape }] = graph.inputs as [(typeof graph.inputs)[0]];
      const [, height, width] = shape as [string, number, number];
      for (const seed of [1, 2, 3]) {
        const image = float32(picture(height, width, seed), [1, height, width, 3]);
        const theirs = model.predict(
          tf.tensor(image.data as Float32Array, [1, height, width, 3]),
        ) as tf.Tensor;
        expect(difference(await runGraph(graph, { [input]: image }), [theirs])).toBeLessThan(1e-4);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
