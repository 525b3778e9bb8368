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
import { batchName } from './head-inputs.ts';

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
    const epsilon = b.scalar(floatAttribute(node, 'epsilon', Math.fround(1e-5)), variance);
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

/** The arrays that a step's statistics come in, and the running averages that follow them. */
export class RunningStatistics {
  /** By the name of the step graph's input. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** By the names of its outputs. */
  readonly fetches: Readonly<Record<string, Tensor>>;
  readonly #statistics: readonly BatchStatistics[];
  readonly #shares: Float32Array;
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
    this.#shares = new Float32Array(batch);
    this.#running = running;
    this.#momentum = momentum;
    const shares = { dtype: 'float32', dims: [batch], data: this.#shares } as const;
    this.feeds = statistics.length > 0 ? { [SHARES]: shares } : {};
    this.fetches = Object.fromEntries(
      statistics.flatMap(({ batch: { mean, variance }, channels }) =>
        [mean, variance].map((name) => [
          name,
          { dtype: 'float32', dims: [channels], data: new Float32Array(channels) } as const,
        ]),
      ),
    );
  }

  /** To be called before a step of `images` images. */
  begin(images: number): void {
    this.#shares.fill(1 / images, 0, images).fill(0, images);
  }

  /** To be called after it. Statistics that left the range of float16 change nothing: such a step is left out. */
  follow(images: number): void {
    const finite = Object.values(this.fetches).every(({ data }) =>
      (data as Float32Array).every(Number.isFinite),
    );
    if (!finite) return;
    for (const { running, batch, positions } of this.#statistics) {
      const n = images * positions;
      this.#move(running.mean, batch.mean, 1);
      this.#move(running.variance, batch.variance, n > 1 ? n / (n - 1) : 1);
    }
  }

  #move(running: string, batch: string, factor: number): void {
    const target = this.#running.get(running)!.data as Float32Array;
    const source = this.fetches[batch]!.data as Float32Array;
    const m = this.#momentum;
    for (let i = 0; i < target.length; i++) target[i] = m * target[i]! + (1 - m) * factor * source[i]!;
  }
}
