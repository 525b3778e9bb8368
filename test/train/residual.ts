/** A small network with skip connections, normalization and a gate, images for it, and the job of training it in part. */
import { Graph, GraphBuilder, int, ints, type Value } from '../../core/graph/index.ts';
import { headOptions } from '../../core/marnet/index.ts';
import { prepareBackbone, type TrainableBackbone } from '../../core/runtime/backbone.ts';
import type { TrainedPart } from '../../core/runtime/cut.ts';
import {
  type HyperparametersInput,
  hyperparameters,
  type ImageSource,
  type TrainingJob,
} from '../../core/train/index.ts';
import { normalsFor } from './normals.ts';
import { smallHeads } from './support.ts';

export const SIZE = 8;
export const CLASSES = 3;
export const FEATURES = 16;

/** conv-bn-relu, two residual blocks of two 3x3 convolutions with a gate in the second, 1x1 conv, mean, Gemm. */
export function residualNetwork(): Graph {
  const graph = new Graph();
  graph.opsets.set('', 13);
  const b = new GraphBuilder(graph);
  const weight = (name: string, dims: number[], around = 0) => {
    const data = new Float32Array(dims.reduce((p, d) => p * d, 1));
    normalsFor(8, name)(data);
    return b.weight(name, { dtype: 'float32', dims, data: data.map((v) => Math.abs(around) + v * 0.25) });
  };
  const conv = (x: Value, name: string, from: number, to: number, side = 3): Value => {
    const y = b.op('Conv', [x, weight(`${name}.weight`, [to, from, side, side])], {
      kernel_shape: ints([side, side]),
      pads: ints(side === 3 ? [1, 1, 1, 1] : [0, 0, 0, 0]),
    });
    const norm = ['scale', 'bias', 'mean', 'variance'].map((part) =>
      weight(`${name}.${part}`, [to], part === 'scale' || part === 'variance' ? 1.2 : 0),
    ) as [Value, Value, Value, Value];
    return b.op('BatchNormalization', [y, ...norm], {}, { types: [{ dtype: y.dtype, shape: y.shape }] });
  };
  const image = b.input('image', 'float32', ['batch', 3, SIZE, SIZE]);
  let x = b.relu(conv(image, 'stem', 3, FEATURES));
  x = b.relu(b.add(x, conv(b.relu(conv(x, 'a1', FEATURES, FEATURES)), 'a2', FEATURES, FEATURES)));
  const inner = conv(b.relu(conv(x, 'b1', FEATURES, FEATURES)), 'b2', FEATURES, FEATURES);
  const gate = b.sigmoid(conv(b.op('GlobalAveragePool', [inner]), 'gate', FEATURES, FEATURES, 1));
  x = b.relu(b.add(x, b.mul(inner, gate)));
  const map = b.op('Relu', [conv(x, 'top', FEATURES, FEATURES, 1)], {}, { names: ['map'] });
  const flat = b.op('Flatten', [b.op('GlobalAveragePool', [map])], { axis: int(1) });
  const logits = [flat, weight('fc.weight', [FEATURES, CLASSES]), weight('fc.bias', [CLASSES])] as const;
  b.output(b.op('Gemm', logits, {}, { names: ['logits'] }));
  return graph;
}

/** Its backbone for so many images a run, with map and logits as outputs. @param statistics whether batch statistics are trained. */
export function residualBackbone(batch: number, statistics = false): Promise<TrainableBackbone> {
  return prepareBackbone(residualNetwork(), {
    outputs: ['map', 'logits'],
    batch,
    size: { height: SIZE, width: SIZE },
    statistics,
  });
}

export const IMAGES = 24;
const perImage = 3 * SIZE * SIZE;
export const labels = Int32Array.from({ length: IMAGES }, (_, i) => i % CLASSES);
const pixels = new Float32Array(IMAGES * perImage);
normalsFor(4, 'pixels')(pixels);
labels.forEach((label, i) => {
  // A class brightens its own channel.
  for (let p = 0; p < SIZE * SIZE; p++) pixels[i * perImage + label * SIZE * SIZE + p]! += 1.5;
});

/** [wanted.length, 3, SIZE, SIZE] */
export function pixelsOf(wanted: readonly number[]): Float32Array {
  const batch = new Float32Array(wanted.length * perImage);
  wanted.forEach((i, row) => {
    batch.set(pixels.subarray(i * perImage, (i + 1) * perImage), row * perImage);
  });
  return batch;
}

export interface ResidualOptions {
  readonly hyper: HyperparametersInput;
  readonly images?: ImageSource['images'];
  /** With texts of two words and all heads; else there are neither. */
  readonly texts?: boolean;
}

/** 18 of the images to train on, the rest held out, in batches of 8 unless told. */
export function residualJob(backbone: TrainedPart, options: ResidualOptions): TrainingJob {
  const { hyper, images = async (wanted) => pixelsOf(wanted), texts = false } = options;
  const indices = Array.from(labels, (_, i) => i);
  return {
    source: {
      kind: 'images',
      backbone,
      site: { value: 'map', pooling: 'mean-spatial', width: FEATURES },
      logits: 'logits',
      images,
    },
    labels,
    classes: CLASSES,
    texts: texts
      ? { vocabulary: 6, row: (i) => ({ ids: [labels[i]!, 3 + (i % 3)], weights: [1, 1] }) }
      : { vocabulary: 0, row: () => undefined },
    trainIndices: indices.slice(0, 18),
    holdoutIndices: indices.slice(18),
    base: 'given',
    heads: headOptions(texts ? smallHeads : { ...smallHeads, ema: false, cdr: false }),
    hyper: hyperparameters({ batch: 8, learningRate: 1e-2, patience: 0, ...hyper }),
    seed: 3,
  };
}
