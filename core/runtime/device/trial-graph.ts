/** A small classifier and its training step, with what convolutional networks are made of. */
import { crossEntropy, differentiate } from '../../grad/index.ts';
import { float32, Graph, GraphBuilder, int, ints, type Tensor, type Value } from '../../graph/index.ts';
import { lower, optimize } from '../../lower/index.ts';

const CLASSES = 10;
const RATE = 0.1;

export interface TrialSize {
  readonly batch: number;
  /** Pixels of a side. */
  readonly side: number;
  /** Channels after the first convolution. */
  readonly channels: number;
}

/** Enough to tell whether a device works. */
export const SMALL: TrialSize = { batch: 4, side: 32, channels: 16 };
/** Enough to tell which one is fast: 2 billion multiplications a step. */
export const LARGE: TrialSize = { batch: 16, side: 112, channels: 64 };

export interface TrialGraphs {
  /** Image to logits. */
  readonly forward: Graph;
  /** The loss, and the parameters after a step of gradient descent. */
  readonly step: Graph;
  readonly feeds: Readonly<Record<string, Tensor>>;
}

/** Strided, dense, depthwise and pointwise convolution, pooling, a dense layer, cross-entropy. */
export function trialGraphs({ batch, side, channels }: TrialSize): TrialGraphs {
  const feeds: Record<string, Tensor> = {};
  const graph = new Graph();
  graph.opsets.set('', 21);
  const b = new GraphBuilder(graph);
  const input = (name: string, dims: readonly number[], scale: number): Value => {
    feeds[name] = float32(waves(dims, Object.keys(feeds).length, scale), dims);
    return b.input(name, 'float32', dims);
  };
  const parameters: string[] = [];
  const conv = (x: Value, name: string, to: number, kernel: number, stride = 1, group = 1): Value => {
    const from = (x.shape[1] as number) / group;
    const pad = (kernel - 1) >> 1;
    const w = input(`${name}.weight`, [to, from, kernel, kernel], Math.sqrt(2 / (from * kernel * kernel)));
    const bias = input(`${name}.bias`, [to], 0.1);
    parameters.push(w.name, bias.name);
    return b.op('Conv', [x, w, bias], {
      kernel_shape: ints([kernel, kernel]),
      strides: ints([stride, stride]),
      pads: ints([pad, pad, pad, pad]),
      group: int(group),
    });
  };
  const image = input('image', [batch, 3, side, side], 1);
  let x = b.relu(conv(image, 'stem', channels, 3, 2));
  x = b.op('MaxPool', [x], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) });
  x = b.relu(conv(x, 'dense', channels, 3));
  x = b.relu(conv(x, 'depthwise', channels, 3, 1, channels));
  x = b.relu(conv(x, 'pointwise', 2 * channels, 1));
  const features = b.reshape(b.op('GlobalAveragePool', [x]), [batch, 2 * channels]);
  const matrix = input('classifier', [2 * channels, CLASSES], 1 / Math.sqrt(channels));
  parameters.push(matrix.name);
  const logits = b.matMul(features, matrix);
  const forward = graph.clone();
  new GraphBuilder(forward, 'forward/').output(logits, 'logits');

  const labels = b.input('labels', 'float32', [batch, CLASSES]);
  const rows = Float32Array.from({ length: batch * CLASSES }, (_, i) =>
    i % CLASSES === Math.floor(i / CLASSES) % CLASSES ? 1 : 0,
  );
  const loss = crossEntropy(b, logits, labels);
  const gradients = differentiate(graph, loss.name, parameters);
  b.output(loss, 'loss');
  for (const name of parameters) {
    const gradient = b.value(gradients[name]!);
    b.output(b.sub(b.value(name), b.mul(gradient, b.scalar(RATE, gradient))), `${name}/updated`);
  }
  return {
    forward,
    step: optimize(lower(optimize(graph), 'portable')),
    feeds: { ...feeds, labels: float32(rows, [batch, CLASSES]) },
  };
}

/** Numbers between -scale and scale that are the same on every machine. */
function waves(dims: readonly number[], phase: number, scale: number): Float32Array {
  const size = dims.reduce((a, b) => a * b, 1);
  return Float32Array.from({ length: size }, (_, i) => scale * Math.sin(1.7 * i + 0.37 * (i % 13) + phase));
}
