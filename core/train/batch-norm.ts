/**
 * BatchNormalization on the statistics of each batch (Ioffe and Szegedy 2015), for a step:
 *   mean = sum_i s_i mean_i(x)    variance = sum_i s_i mean_i((x - mean)^2)    y = (x - mean) scale / sqrt(variance + eps) + bias
 * with mean_i over an image's positions and s_i its share, 1/n for each of n images and 0 for rows that are missing to a
 * full batch. Running averages, which the evaluation and the exported model use, follow on the host:
 *   running = momentum running + (1 - momentum) batch
 * with the variance of the batch unbiased, as PyTorch has it.
 */
import { floatAttribute, type Graph, GraphBuilder, type Tensor, type Value } from '../graph/index.ts';
import { rewrite } from '../lower/rewrite.ts';
import { batchName } from './batch-name.ts';

/** Name of the input [batch] with the images' shares. */
export const SHARES = batchName('shares');

export interface BatchStatistics {
  /** Names of the running averages. */
  readonly running: { readonly mean: string; readonly variance: string };
  /** Names of the batch's own, [C] each. */
  readonly batch: { readonly mean: string; readonly variance: string };
  readonly channels: number;
  /** Positions of an image that a mean is over. */
  readonly positions: number;
}

/**
 * A clone in which every BatchNormalization whose mean is a running average takes the batch's statistics.
 * @param running names of the running averages among the graph's inputs. @param batch images of a full batch.
 */
export function withBatchStatistics(
  graph: Graph,
  running: ReadonlyMap<string, string>,
  batch: number,
): { readonly graph: Graph; readonly statistics: readonly BatchStatistics[] } {
  const statistics: BatchStatistics[] = [];
  const prepared = graph.clone();
  const shares = new GraphBuilder(prepared).input(SHARES, 'float32', [batch]);
  const result = rewrite(prepared, 'batch-norm/', (node, { builder: b }) => {
    const [, , , meanName = '', varianceName = ''] = node.inputs;
    if (node.op !== 'BatchNormalization' || node.domain !== '' || !running.has(meanName)) return undefined;
    const [x, scale, bias] = node.inputs.slice(0, 3).map((name) => b.value(name)) as [Value, Value, Value];
    const [, channels, ...spatial] = x.shape as [number, number, ...number[]];
    const axes = spatial.map((_, i) => i + 2);
    const ones = spatial.map(() => 1);
    const share = b.reshape(shares, [batch, 1, ...ones]);
    const perChannel = (v: Value): Value => b.reshape(v, [1, channels, ...ones]);
    const average = (v: Value): Value => {
      const each = axes.length > 0 ? b.reduceMean(v, axes, true) : v;
      return b.reduceSum(b.mul(each, share), [0], true);
    };
    const mean = average(x);
    const centred = b.sub(x, mean);
    const variance = average(b.mul(centred, centred));
    const epsilon = b.scalar(floatAttribute(node, 'epsilon'), variance);
    const gain = b.div(perChannel(scale), b.sqrt(b.add(variance, epsilon)));
    statistics.push({
      running: { mean: meanName, variance: varianceName },
      batch: {
        mean: b.op('Reshape', [mean, b.integers([channels])]).name,
        variance: b.op('Reshape', [variance, b.integers([channels])]).name,
      },
      channels,
      positions: spatial.reduce((p, d) => p * d, 1),
    });
    return [b.add(b.mul(centred, gain), perChannel(bias))];
  });
  return { graph: result, statistics };
}

/** What steps are fed with for their statistics, and the running averages that follow those. */
export class RunningStatistics {
  /** Names of the step graph's outputs that are statistics. */
  readonly outputs: readonly string[];
  readonly #statistics: readonly BatchStatistics[];
  readonly #batch: number;
  readonly #running: ReadonlyMap<string, Tensor>;
  readonly #momentum: number;

  /** @param running arrays of the running averages, which are changed in place. */
  constructor(
    statistics: readonly BatchStatistics[],
    batch: number,
    running: ReadonlyMap<string, Tensor>,
    momentum: number,
  ) {
    this.#statistics = statistics;
    this.#batch = batch;
    this.#running = running;
    this.#momentum = momentum;
    this.outputs = statistics.flatMap(({ batch: { mean, variance } }) => [mean, variance]);
  }

  /** For a step of `images` images, by the names of the graph's inputs. */
  feeds(images: number): Record<string, Tensor> {
    if (this.#statistics.length === 0) return {};
    const data = new Float32Array(this.#batch).fill(1 / images, 0, images);
    return { [SHARES]: { dtype: 'float32', dims: [this.#batch], data } };
  }

  /**
   * To be called after it. Statistics that left the range of float16 change nothing: such a step is left out.
   * @param outputs the step's, by name, [C] each.
   */
  follow(images: number, outputs: Readonly<Record<string, Tensor>>): void {
    const numbers = (name: string): Float32Array => outputs[name]!.data as Float32Array;
    if (!this.outputs.every((name) => numbers(name).every(Number.isFinite))) return;
    for (const { running, batch, positions } of this.#statistics) {
      const n = images * positions;
      this.#move(running.mean, numbers(batch.mean), 1);
      this.#move(running.variance, numbers(batch.variance), n > 1 ? n / (n - 1) : 1);
    }
  }

  #move(running: string, batch: Float32Array, factor: number): void {
    const target = this.#running.get(running)!.data as Float32Array;
    const m = this.#momentum;
    for (let i = 0; i < target.length; i++) target[i] = m * target[i]! + (1 - m) * factor * batch[i]!;
  }
}
