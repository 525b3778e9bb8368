import { crossEntropy, differentiate } from '../../core/grad/index.ts';
import {
  type Attributes,
  float,
  Graph,
  GraphBuilder,
  int,
  ints,
  type Tensor,
  type Value,
} from '../../core/graph/index.ts';
import {
  foldBatchNorm,
  type LowerOptions,
  lower,
  optimize,
  packableWeights,
  packedShape,
  packWeights,
  type Target,
  unpackWeights,
} from '../../core/lower/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { noise } from './gradient-op.ts';

/** A small network under construction; parameters get values that keep activations near 1. */
export class Network {
  readonly graph = new Graph();
  readonly builder: GraphBuilder;
  readonly feeds: Record<string, Tensor> = {};
  readonly parameters: string[] = [];

  constructor() {
    this.graph.opsets.set('', 21);
    this.builder = new GraphBuilder(this.graph);
  }

  input(name: string, dims: readonly number[], scale = 1, shift = 0): Value {
    const data = Float32Array.from(
      noise(dims, Object.keys(this.feeds).length + 1).data,
      (v) => v * scale + shift,
    );
    this.feeds[name] = { dtype: 'float32', dims, data };
    return this.builder.input(name, 'float32', dims);
  }

  parameter(dims: readonly number[], scale: number, shift = 0): Value {
    const name = `p${this.parameters.length}`;
    this.parameters.push(name);
    return this.input(name, dims, scale, shift);
  }

  /** Convolution, then BatchNormalization with frozen statistics. */
  conv(x: Value, filters: number, kernel: number, stride = 1, group = 1): Value {
    const channels = (x.shape[1] as number) / group;
    const w = this.parameter([filters, channels, kernel, kernel], 2 / Math.sqrt(channels * kernel * kernel));
    const pad = (kernel - 1) >> 1;
    const attributes: Attributes = {
      kernel_shape: ints([kernel, kernel]),
      strides: ints([stride, stride]),
      pads: ints([pad, pad, pad, pad]),
      group: int(group),
    };
    return this.batchNorm(this.builder.op('Conv', [x, w], attributes), filters);
  }

  batchNorm(x: Value, channels: number): Value {
    const [scale, bias] = [this.parameter([channels], 0.2, 1), this.parameter([channels], 0.3)];
    const constant = (scale: number, shift: number): Value => {
      const data = Float32Array.from(noise([channels], 99).data, (v) => v * scale + shift);
      return this.builder.weight('statistic', { dtype: 'float32', dims: [channels], data });
    };
    const inputs = [x, scale, bias, constant(0.1, 0), constant(0.2, 1)] as const;
    return this.builder.op('BatchNormalization', inputs, { epsilon: float(1e-5) });
  }

  relu6(x: Value): Value {
    return this.builder.op('Clip', [x, this.builder.scalar(0, x), this.builder.scalar(6, x)]);
  }

  /** Mean over positions, a dense layer, cross-entropy with one-hot labels. */
  classify(x: Value, classes: number): Value {
    const [batch, channels] = x.shape as [number, number];
    const pooled = this.builder.reshape(this.builder.op('GlobalAveragePool', [x]), [batch, channels]);
    const w = this.parameter([channels, classes], 1 / Math.sqrt(channels));
    const logits = this.builder.op('Gemm', [pooled, w, this.parameter([classes], 0.1)]);
    const labels = this.builder.input('labels', 'float32', [batch, classes]);
    const data = new Float32Array(batch * classes).map((_, i) =>
      i % classes === Math.floor(i / classes) ? 1 : 0,
    );
    this.feeds.labels = { dtype: 'float32', dims: [batch, classes], data };
    return crossEntropy(this.builder, logits, labels);
  }
}

export interface StepResult {
  /** The loss and, by parameter, its gradient. */
  readonly values: Record<string, Tensor>;
  /** The lowered graph. */
  readonly graph: Graph;
  /** The parameters that it has packed. */
  readonly packed: ReadonlySet<string>;
}

/** One forward and backward pass of a network, lowered as told. */
export async function runStep(
  network: Network,
  loss: Value,
  target: Target,
  options: Omit<LowerOptions, 'packed'> & { readonly fold?: boolean; readonly pack?: boolean } = {},
): Promise<StepResult> {
  const whole = network.graph.clone();
  whole.outputs = [{ name: loss.name, dtype: 'float32', shape: [] }];
  const graph = options.fold ? foldBatchNorm(whole) : whole;
  const forward = graph.clone();
  const gradients = differentiate(graph, loss.name, network.parameters);
  const builder = new GraphBuilder(graph);
  for (const [name, gradient] of Object.entries(gradients))
    builder.output(builder.value(gradient), `d/${name}`);
  const block = options.block ?? 1;
  const packed = options.pack ? packableWeights(forward, block) : new Set<string>();
  const names = new Set([...packed].flatMap((name) => [name, `d/${name}`]));
  const lowered = optimize(lower(optimize(graph), target, { block, packed: names }));
  const session = await openSession(encodeGraph(lowered), { threads: 1 });
  try {
    const feeds = { ...network.feeds };
    for (const name of packed) {
      const { dims, data } = feeds[name]!;
      const reordered = packWeights(data as Float32Array, dims, block);
      feeds[name] = { dtype: 'float32', dims: packedShape(dims, block), data: reordered };
    }
    const results = await session.run(feeds);
    for (const name of packed) {
      const { dims } = network.feeds[name]!;
      const data = unpackWeights(results[`d/${name}`]!.data as Float32Array, dims, block);
      results[`d/${name}`] = { dtype: 'float32', dims, data };
    }
    const { [loss.name]: value, ...rest } = results;
    return { values: { loss: value!, ...rest }, graph: lowered, packed };
  } finally {
    await session.close();
  }
}

/** Largest |a - b| / |b| (Euclidean norms) over the results. */
export function largestDifference(a: StepResult, b: StepResult): number {
  let worst = 0;
  for (const [name, expected] of Object.entries(b.values)) {
    const [x, y] = [a.values[name]!.data as Float32Array, expected.data as Float32Array];
    let [difference, norm] = [0, 0];
    for (let i = 0; i < y.length; i++) {
      difference += (x[i]! - y[i]!) ** 2;
      norm += y[i]! ** 2;
    }
    const relative = Math.sqrt(difference) / Math.max(Math.sqrt(norm), 1e-6);
    if (!(relative <= worst)) worst = relative;
  }
  return worst;
}
