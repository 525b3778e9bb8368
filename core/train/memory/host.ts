/** The state in arrays of the host: zero-copy inputs of the graphs, updated in place between runs. */
import type { Tensor } from '../../graph/index.ts';
import type { GraphEngine } from '../../runtime/graph-engine.ts';
import { Runner } from '../engine.ts';
import { type AdamSettings, adamW, gradientNorm } from '../optimizer.ts';
import type { TrainingState } from '../state.ts';
import type {
  GradientMemory,
  GradientRequest,
  GradientRunner,
  GraphRunner,
  RunnerRequest,
} from './memory.ts';

export class HostMemory implements GradientMemory {
  readonly #engine: GraphEngine;
  readonly #state: TrainingState;
  readonly #settings: AdamSettings;
  readonly #values: ReadonlyMap<string, Tensor>;
  /**
   * Of several batches, sum n_k g_k; g = sum n_k g_k / sum n_k is the gradient of the batches taken together wherever the
   * loss is a mean over images. Undefined where a step is one batch, and nothing is summed.
   */
  readonly #sums: Float32Array | undefined;
  #images = 0;

  /** @param batches that make a step. */
  constructor(engine: GraphEngine, state: TrainingState, settings: AdamSettings, batches: number) {
    this.#engine = engine;
    this.#state = state;
    this.#settings = settings;
    this.#values = state.views(state.values);
    this.#sums = batches > 1 ? new Float32Array(state.gradients.length) : undefined;
  }

  async open({ graph, what, feeds, fetches }: RunnerRequest): Promise<GraphRunner> {
    return new Runner(
      await this.#engine.open(graph, what),
      new Map([...this.#values, ...Object.entries(feeds)]),
      fetches,
    );
  }

  openGradient(request: GradientRequest): Promise<GradientRunner> {
    return request.share === 'whole' ? this.#openWhole(request) : this.#openPart(request);
  }

  async #openWhole(request: GradientRequest): Promise<GradientRunner> {
    const targets = this.#state.views(this.#state.gradients);
    const gradients = gradientFetches(request.gradients, targets, request.fetches);
    const runner = await this.open({ ...request, fetches: gradients.fetches });
    return {
      begin: () => {},
      run: async () => {
        await runner.run();
        gradients.copy();
      },
      close: () => runner.close(),
    };
  }

  async #openPart(request: GradientRequest): Promise<GradientRunner> {
    const { gradients: sum, segments: all } = this.#state;
    const part = new Float32Array(sum.length);
    const gradients = gradientFetches(request.gradients, this.#state.views(part), request.fetches);
    const runner = await this.open({ ...request, fetches: gradients.fetches });
    const trained = new Set(Object.keys(request.gradients));
    const segments = all.filter((segment) => trained.has(segment.name));
    return {
      begin: () => {
        for (const { begin, end } of segments) sum.fill(0, begin, end);
      },
      run: async () => {
        await runner.run();
        gradients.copy();
        for (const { begin, end } of segments) for (let i = begin; i < end; i++) sum[i]! += part[i]!;
      },
      close: () => runner.close(),
    };
  }

  async settle(images: number): Promise<void> {
    const [sums, { gradients }] = [this.#sums, this.#state];
    this.#images += images;
    if (sums) for (let i = 0; i < sums.length; i++) sums[i]! += images * gradients[i]!;
  }

  async update(learningRate: number): Promise<number> {
    const [sums, { gradients, lossScale }] = [this.#sums, this.#state];
    const divisor = (sums ? this.#images : 1) * (lossScale?.value ?? 1);
    const summed = sums ?? gradients;
    if (divisor !== 1 || sums) for (let i = 0; i < summed.length; i++) gradients[i] = summed[i]! / divisor;
    sums?.fill(0);
    this.#images = 0;
    const norm = gradientNorm(this.#state);
    if (Number.isFinite(norm)) adamW(this.#state, this.#settings, learningRate, norm);
    return norm;
  }

  async pull(): Promise<void> {}

  async push(): Promise<void> {}

  async close(): Promise<void> {}
}

/**
 * Arrays for a graph's outputs, gradients and `others`: views of the state where each output has its own parameter. Where two parameters share
 * an output, `copy` hands the second its own. What the loss does not depend on keeps a gradient of zero.
 */
function gradientFetches(
  gradients: Readonly<Record<string, string>>,
  targets: ReadonlyMap<string, Tensor>,
  others: Readonly<Record<string, Tensor>>,
): { readonly fetches: Record<string, Tensor>; copy(): void } {
  const fetches: Record<string, Tensor> = { ...others };
  const copies: (readonly [Float32Array, Float32Array])[] = [];
  for (const [name, output] of Object.entries(gradients)) {
    const target = targets.get(name)!;
    const existing = fetches[output];
    if (existing) copies.push([existing.data as Float32Array, target.data as Float32Array]);
    else fetches[output] = target;
  }
  return {
    fetches,
    copy: () => {
      for (const [from, to] of copies) to.set(from);
    },
  };
}
