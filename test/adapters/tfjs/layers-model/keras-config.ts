/** Keras 3's way of writing configurations, and the run of a model written by hand. */
import { layersModelGraph } from '../../../../adapters/tfjs/layers-model/index.ts';
import type { Tensor } from '../../../../core/graph/index.ts';
import { artifactsFrom, feedsFor, runGraph, tf } from './against-layers.ts';

export type Config = Record<string, unknown>;

/** An object as Keras 3 serializes it. */
export function keras3(className: string, config: Config, inbound?: readonly unknown[]): Config {
  return {
    module: 'keras.layers',
    class_name: className,
    config: {
      trainable: true,
      dtype: {
        module: 'keras',
        class_name: 'DTypePolicy',
        config: { name: 'float32' },
        registered_name: null,
      },
      ...config,
    },
    registered_name: null,
    ...(config.name === undefined ? {} : { name: config.name }),
    ...(inbound === undefined ? {} : { inbound_nodes: inbound }),
  };
}

export const topology = (model: Config, version = '3.4.1'): Config => ({
  keras_version: version,
  backend: 'tensorflow',
  model_config: model,
});

export async function run(
  model: Config,
  weights: Readonly<Record<string, Tensor>>,
  version?: string,
): Promise<{
  readonly ours: Tensor[];
  readonly x: tf.Tensor;
}> {
  const graph = layersModelGraph(artifactsFrom(topology(model, version), new Map(Object.entries(weights))));
  const feeds = feedsFor(graph);
  const [first] = Object.values(feeds) as [Tensor];
  return { ours: await runGraph(graph, feeds), x: asTf(first) };
}

export const asTf = (t: Tensor): tf.Tensor => tf.tensor(t.data as Float32Array, [...t.dims]);
