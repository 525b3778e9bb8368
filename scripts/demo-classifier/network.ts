/**
 * A small residual network (He et al. 2016) without normalisation layers: weights are drawn so that activations keep
 * their size from layer to layer (He et al. 2015), and each block begins near the identity, because its last
 * convolution starts small (Zhang et al. 2019, "Fixup").
 */
import { randomStream } from '../../core/data/index.ts';
import { float32, Graph, GraphBuilder, int, ints, type Value } from '../../core/graph/index.ts';

/** The operator set of the shipped file: old enough for any runtime in use. */
const OPSET = 17;

/** Channels of each stage; each halves the picture, so that the last map is [6, 6] at 96 pixels. */
const STAGES = [
  { channels: 16, blocks: 0 },
  { channels: 24, blocks: 1 },
  { channels: 40, blocks: 1 },
  { channels: 64, blocks: 0 },
] as const;

/** What a block's last convolution is scaled down by at the start. */
const RESIDUAL_SCALE = 0.2;

/** Input `image` [batch, 3, size, size], output `probabilities` [batch, classes]. */
export function buildNetwork(options: {
  readonly size: number;
  readonly classes: number;
  readonly seed: number;
}): Graph {
  const { size, classes, seed } = options;
  const graph = new Graph();
  graph.name = 'dish-classifier';
  graph.opsets.set('', OPSET);
  const b = new GraphBuilder(graph);
  let x: Value = b.input('image', 'float32', ['batch', 3, size, size]);
  for (const [i, { channels, blocks }] of STAGES.entries()) {
    x = b.relu(conv(b, x, { name: `stage${i}.down`, channels, stride: 2, seed }));
    for (let k = 0; k < blocks; k++) {
      const name = `stage${i}.block${k}`;
      const inner = b.relu(conv(b, x, { name: `${name}.0`, channels, stride: 1, seed }));
      const change = conv(b, inner, { name: `${name}.1`, channels, stride: 1, seed, scale: RESIDUAL_SCALE });
      x = b.relu(b.add(x, change));
    }
  }
  const width = STAGES.at(-1)!.channels;
  const features = b.op(
    'Flatten',
    [b.op('GlobalAveragePool', [x])],
    { axis: int(1) },
    { names: ['features'] },
  );
  const weight = normalWeights([classes, width], 1 / Math.sqrt(width), seed, 'classifier');
  const logits = b.op(
    'Gemm',
    [
      features,
      b.weight('classifier.weight', weight),
      b.weight('classifier.bias', float32(new Float32Array(classes))),
    ],
    { transB: int(1) },
    { names: ['logits'] },
  );
  b.output(b.op('Softmax', [logits], { axis: int(1) }, { names: ['probabilities'] }));
  return graph;
}

interface ConvOptions {
  readonly name: string;
  readonly channels: number;
  readonly stride: number;
  readonly seed: number;
  readonly scale?: number;
}

/** A 3x3 convolution with bias. */
function conv(b: GraphBuilder, x: Value, { name, channels, stride, seed, scale = 1 }: ConvOptions): Value {
  const inputs = x.shape[1] as number;
  const deviation = scale * Math.sqrt(2 / (9 * inputs));
  return b.op(
    'Conv',
    [
      x,
      b.weight(`${name}.weight`, normalWeights([channels, inputs, 3, 3], deviation, seed, name)),
      b.weight(`${name}.bias`, float32(new Float32Array(channels))),
    ],
    { kernel_shape: ints([3, 3]), strides: ints([stride, stride]), pads: ints([1, 1, 1, 1]) },
  );
}

function normalWeights(dims: readonly number[], deviation: number, seed: number, name: string) {
  const stream = randomStream(seed, 'weights', name);
  const size = dims.reduce((a, d) => a * d, 1);
  return float32(
    Float32Array.from({ length: size }, () => deviation * stream.normal()),
    dims,
  );
}
