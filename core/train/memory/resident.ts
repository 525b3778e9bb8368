/**
 * The state in a device's memory from the first step to the last: parameters and moments are one vector each, which a
 * graph reads, the update makes anew, and a later run is fed with; the old ones are given back at once, so memory does
 * not grow. Batches go there, losses and logits come back.
 */
import { Graph, GraphBuilder } from '../../graph/index.ts';
import type { Resident, ResidentSession, Transfer } from '../../runtime/device/resident.ts';
import type { ResidentEngine } from '../../runtime/graph-engine.ts';
import type { AdamSettings } from '../optimizer.ts';
import type { KeptState } from '../state.ts';
import { GRADIENT, residentLength, VALUES, withFlatGradient, withFlatValues } from './flat.ts';
import type {
  GradientMemory,
  GradientRequest,
  GradientRunner,
  GraphRunner,
  RunnerRequest,
} from './memory.ts';
import {
  buildUpdateGraph,
  FIRST,
  MAXIMA,
  SECOND,
  UPDATED,
  updateConstants,
  updateFeeds,
} from './update-graph.ts';

const NUMBER: readonly number[] = [1];

export class ResidentMemory implements GradientMemory {
  readonly #engine: ResidentEngine;
  readonly #state: KeptState;
  readonly #settings: AdamSettings;
  readonly #hosted: ReadonlySet<string>;
  readonly #length: number;
  readonly #transfer: Transfer;
  readonly #adder: ResidentSession;
  readonly #updater: ResidentSession;
  readonly #constants: Readonly<Record<string, Resident>>;
  readonly #zeros: Resident;
  /** Values and moments; what a step replaces is disposed of. */
  #vectors: Readonly<Record<'values' | 'first' | 'second', Resident>>;
  /** The gradient of the batch under way. */
  #batch: Resident | undefined;
  /** Sum of the batches' gradients, each times its images, where a step is several. */
  #sum: Resident | undefined;
  #images = 0;
  readonly #batches: number;

  private constructor(parts: {
    readonly engine: ResidentEngine;
    readonly state: KeptState;
    readonly settings: AdamSettings;
    readonly batches: number;
    readonly hosted: ReadonlySet<string>;
    readonly length: number;
    readonly transfer: Transfer;
    readonly adder: ResidentSession;
    readonly updater: ResidentSession;
    readonly constants: Readonly<Record<string, Resident>>;
    readonly zeros: Resident;
    readonly vectors: Readonly<Record<'values' | 'first' | 'second', Resident>>;
  }) {
    this.#engine = parts.engine;
    this.#state = parts.state;
    this.#settings = parts.settings;
    this.#batches = parts.batches;
    this.#hosted = parts.hosted;
    this.#length = parts.length;
    this.#transfer = parts.transfer;
    this.#adder = parts.adder;
    this.#updater = parts.updater;
    this.#constants = parts.constants;
    this.#zeros = parts.zeros;
    this.#vectors = parts.vectors;
  }

  /**
   * @param batches that make a step. @param hosted names of parameters whose values the host changes, as it does running
   *   averages.
   */
  static async open(
    engine: ResidentEngine,
    state: KeptState,
    settings: AdamSettings,
    batches: number,
    hosted: ReadonlySet<string>,
  ): Promise<ResidentMemory> {
    const length = residentLength(state.values.length);
    const transfer = await engine.transfer(length);
    const constants: Record<string, Resident> = {};
    for (const [name, vector] of updateConstants(state.segments, settings, length))
      constants[name] = await transfer.upload(vector);
    const update = buildUpdateGraph(settings, length, constants[MAXIMA] !== undefined);
    return new ResidentMemory({
      engine,
      state,
      settings,
      batches,
      hosted,
      length,
      transfer,
      adder: await engine.open(additionGraph(length), 'the sum of gradients', ['total']),
      updater: await engine.open(update, "the optimizer's update", [
        UPDATED.values,
        UPDATED.first,
        UPDATED.second,
      ]),
      constants,
      zeros: await transfer.upload(new Float32Array(0)),
      vectors: {
        values: await transfer.upload(state.values),
        first: await transfer.upload(state.first),
        second: await transfer.upload(state.second),
      },
    });
  }

  feedArray(length: number): Float32Array {
    return new Float32Array(length);
  }

  async open({ graph, what }: RunnerRequest): Promise<GraphRunner> {
    const flat = withFlatValues(graph, this.#state.segments, this.#length);
    const session = await this.#engine.open(flat, what, []);
    return {
      run: async (feeds) => (await session.run({ ...feeds, [VALUES]: this.#vectors.values })).read,
      close: () => session.close(),
    };
  }

  async openGradient({ graph, gradients, what, share }: GradientRequest): Promise<GradientRunner> {
    const { segments } = this.#state;
    const flat = withFlatGradient(
      withFlatValues(graph, segments, this.#length),
      gradients,
      segments,
      this.#length,
    );
    const session = await this.#engine.open(flat, what, [GRADIENT]);
    return {
      begin: async () => {},
      run: async (feeds) => {
        const { kept, read } = await session.run({ ...feeds, [VALUES]: this.#vectors.values });
        if (share === 'whole') this.#forgetBatch();
        this.#batch = await this.#add(this.#batch, kept[GRADIENT]!, 1);
        return read;
      },
      close: () => session.close(),
    };
  }

  /** sum + weight * more, in place of both. */
  async #add(sum: Resident | undefined, more: Resident, weight: number): Promise<Resident> {
    if (!sum && weight === 1) return more;
    const { kept } = await this.#adder.run({
      sum: sum ?? this.#zeros,
      more,
      weight: { dtype: 'float32', dims: NUMBER, data: Float32Array.of(weight) },
    });
    sum?.dispose();
    more.dispose();
    return kept.total!;
  }

  #forgetBatch(): void {
    this.#batch?.dispose();
    this.#batch = undefined;
  }

  async settle(images: number): Promise<void> {
    this.#images += images;
    if (this.#batches === 1) return;
    this.#sum = await this.#add(this.#sum, this.#batch!, images);
    this.#batch = undefined;
  }

  async update(learningRate: number): Promise<number> {
    const state = this.#state;
    const gradient = this.#sum ?? this.#batch!;
    const old = this.#vectors;
    const divisor = (this.#sum ? this.#images : 1) * (state.lossScale?.value ?? 1);
    const { kept, read } = await this.#updater.run({
      [VALUES]: old.values,
      [FIRST]: old.first,
      [SECOND]: old.second,
      [GRADIENT]: gradient,
      ...this.#constants,
      ...updateFeeds(this.#settings, learningRate, state.steps + 1, 1 / divisor),
    });
    const updated = {
      values: kept[UPDATED.values]!,
      first: kept[UPDATED.first]!,
      second: kept[UPDATED.second]!,
    };
    // Decided here: a shader need not tell infinities and NaN from numbers.
    const norm = (read[UPDATED.norm]!.data as Float32Array)[0]!;
    const finite = Number.isFinite(norm);
    this.#vectors = finite ? updated : old;
    for (const vector of [...Object.values(finite ? old : updated), gradient]) vector.dispose();
    this.#batch = undefined;
    this.#sum = undefined;
    this.#images = 0;
    if (finite) state.steps++;
    return norm;
  }

  async pull(what: 'values' | 'all'): Promise<void> {
    const { values, first, second, segments } = this.#state;
    const hosted = segments.filter(({ name }) => this.#hosted.has(name));
    const own = hosted.map(({ begin, end }) => values.slice(begin, end));
    await this.#transfer.download(this.#vectors.values, values);
    hosted.forEach(({ begin }, i) => {
      values.set(own[i]!, begin);
    });
    if (what === 'values') return;
    await this.#transfer.download(this.#vectors.first, first);
    await this.#transfer.download(this.#vectors.second, second);
  }

  async push(names?: readonly string[]): Promise<void> {
    const { values, segments } = this.#state;
    const old = this.#vectors;
    let pushed = values;
    if (names) {
      pushed = new Float32Array(values.length);
      await this.#transfer.download(old.values, pushed);
      for (const { name, begin, end } of segments)
        if (names.includes(name)) pushed.set(values.subarray(begin, end), begin);
    }
    this.#vectors = { ...old, values: await this.#transfer.upload(pushed) };
    old.values.dispose();
  }

  async close(): Promise<void> {
    this.#forgetBatch();
    this.#sum?.dispose();
    const constants = [...Object.values(this.#constants), this.#zeros];
    for (const vector of [...constants, ...Object.values(this.#vectors)]) vector.dispose();
    await Promise.all([this.#adder.close(), this.#updater.close(), this.#transfer.close()]);
  }
}

/** total = sum + weight * more. */
function additionGraph(length: number): Graph {
  const graph = new Graph();
  graph.opsets.set('', 21);
  const b = new GraphBuilder(graph);
  const sum = b.input('sum', 'float32', [length]);
  const more = b.input('more', 'float32', [length]);
  const total = b.add(sum, b.mul(more, b.input('weight', 'float32', [1])));
  b.output(total, 'total');
  b.output(b.slice(total, [0], [1], [0]), 'first');
  return graph;
}
