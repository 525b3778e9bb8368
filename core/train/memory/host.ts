/** The state in arrays of the host: zero-copy inputs of the graphs, updated in place between runs. */
import type { Graph, Tensor } from '../../graph/index.ts';
import type { GraphEngine, OpenedGraph } from '../../runtime/graph-engine.ts';
import { newTensor } from '../engine.ts';
import { type AdamSettings, adamW, gradientNorm } from '../optimizer.ts';
import type { TrainingState } from '../state.ts';
import type {
  BegunUpdate,
  GradientMemory,
  GradientRequest,
  GradientRunner,
  GraphRunner,
  RunnerRequest,
  Tensors,
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

  feedArray(length: number): Float32Array {
    return new Float32Array(length);
  }

  async open({ graph, what, outputs }: RunnerRequest): Promise<GraphRunner> {
    return this.#opened(await this.#engine.open(graph, what), outputArrays(graph, outputs), outputs);
  }

  /** @param fetches arrays for the outputs, those that are returned among them. */
  #opened(opened: OpenedGraph, fetches: Tensors, outputs: readonly string[]): GraphRunner {
    const returned = Object.fromEntries(outputs.map((name) => [name, fetches[name]!]));
    const names = opened.inputs.map(({ name }) => name);
    return {
      run: async (feeds) => {
        const given = Object.fromEntries(names.map((name) => [name, feeds[name] ?? this.#values.get(name)!]));
        await opened.run(given, fetches);
        return returned;
      },
      close: () => opened.close(),
    };
  }

  openGradient(request: GradientRequest): Promise<GradientRunner> {
    return request.share === 'whole' ? this.#openWhole(request) : this.#openPart(request);
  }

  async #openWhole(request: GradientRequest): Promise<GradientRunner> {
    const { runner, copy } = await this.#openInto(request, this.#state.gradients);
    return {
      begin: async () => {},
      run: async (feeds) => {
        const outputs = await runner.run(feeds);
        copy();
        return outputs;
      },
      close: () => runner.close(),
    };
  }

  async #openPart(request: GradientRequest): Promise<GradientRunner> {
    const { gradients: sum, segments: all } = this.#state;
    const part = new Float32Array(sum.length);
    const { runner, copy } = await this.#openInto(request, part);
    const trained = new Set(Object.keys(request.gradients));
    const segments = all.filter((segment) => trained.has(segment.name));
    return {
      begin: async () => {
        for (const { begin, end } of segments) sum.fill(0, begin, end);
      },
      run: async (feeds) => {
        const outputs = await runner.run(feeds);
        copy();
        for (const { begin, end } of segments) for (let i = begin; i < end; i++) sum[i]! += part[i]!;
        return outputs;
      },
      close: () => runner.close(),
    };
  }

  /** @param vector as long as the state's, which gradients are written into. */
  async #openInto({ graph, what, gradients, outputs }: GradientRequest, vector: Float32Array) {
    const others = outputArrays(graph, outputs);
    const { fetches, copy } = gradientFetches(gradients, this.#state.views(vector), others);
    return { runner: this.#opened(await this.#engine.open(graph, what), fetches, outputs), copy };
  }

  async settle(images: number): Promise<void> {
    const [sums, { gradients }] = [this.#sums, this.#state];
    this.#images += images;
    if (sums) for (let i = 0; i < sums.length; i++) sums[i]! += images * gradients[i]!;
  }

  async update(learningRate: number): Promise<number> {
    const { norm, finish } = this.beginUpdate(learningRate);
    finish();
    return norm;
  }

  beginUpdate(learningRate: number): BegunUpdate {
    const [sums, { gradients, lossScale }] = [this.#sums, this.#state];
    const divisor = (sums ? this.#images : 1) * (lossScale?.value ?? 1);
    const summed = sums ?? gradients;
    if (divisor !== 1 || sums) for (let i = 0; i < summed.length; i++) gradients[i] = summed[i]! / divisor;
    sums?.fill(0);
    this.#images = 0;
    const norm = gradientNorm(this.#state);
    return {
      norm,
      finish: () => {
        if (Number.isFinite(norm)) adamW(this.#state, this.#settings, learningRate, norm);
      },
    };
  }

  async pull(): Promise<void> {}

  async push(): Promise<void> {}

  async close(): Promise<void> {}
}

function outputArrays(graph: Graph, names: readonly string[]): Tensors {
  const sizes = new Map(graph.outputs.map(({ name, shape }) => [name, shape as readonly number[]]));
  return Object.fromEntries(names.map((name) => [name, newTensor(sizes.get(name)!)]));
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
