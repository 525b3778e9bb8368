import { headOptions } from '../../core/marnet/index.ts';
import { prepareBackbone } from '../../core/runtime/backbone.ts';
import {
  type HyperparametersInput,
  hyperparameters,
  type ImageSource,
  type TrainingJob,
} from '../../core/train/index.ts';
import { type Architecture, buildArchitecture } from './architectures.ts';

/** Plain full tuning of an architecture with drawn weights: the same pixels in every batch. */
export async function fullJob(
  name: Architecture,
  { batch, size, images }: { readonly batch: number; readonly size: number; readonly images: number },
  hyper: HyperparametersInput = {},
): Promise<TrainingJob & { readonly source: ImageSource }> {
  const { graph, width } = buildArchitecture(name, size);
  const outputs = ['features', 'logits'];
  const backbone = await prepareBackbone(graph, { outputs, batch, size: { height: size, width: size } });
  const indices = Array.from({ length: images }, (_, i) => i);
  const pixels = wave(batch * 3 * size * size);
  return {
    source: {
      kind: 'images',
      backbone,
      site: { value: 'features', pooling: 'none', width },
      logits: 'logits',
      images: async () => pixels,
    },
    labels: Int32Array.from(indices, (i) => i % 1000),
    classes: 1000,
    texts: { vocabulary: 0, row: () => undefined },
    trainIndices: indices,
    holdoutIndices: [],
    base: 'given',
    heads: headOptions({ ema: false, cdr: false }),
    hyper: hyperparameters({ batch, ...hyper }),
    seed: 1,
  };
}

/** Numbers between -1 and 1 that are all different. */
export function wave(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(i * 0.37));
}
