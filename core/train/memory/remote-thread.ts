/** The thread of a `RemoteMemory`: has the state, its memory and the compiled graphs. */
import { graphOfPlain, type PlainGraph } from '../../graph/index.ts';
import type { Device } from '../../runtime/device/name.ts';
import { type GraphEngine, onnxruntimeOn } from '../../runtime/graph-engine.ts';
import { limitThreads } from '../../runtime/session.ts';
import { answerBefore, handOver, serve } from '../../runtime/thread/serve.ts';
import { buffersOf } from '../../runtime/thread/thread.ts';
import type { LossScaleState } from '../loss-scale.ts';
import { type Segment, type StateVectors, TrainingState } from '../state.ts';
import type {
  GradientMemory,
  GradientRequest,
  GradientRunner,
  GraphRunner,
  Tensors,
  UpdatedRun,
} from './memory.ts';
import { type MemorySettings, openMemory } from './open.ts';
import { UnsharedFeeds } from './shared-feeds.ts';

/** A state as it is when a run begins or goes on. */
export interface StateMessage {
  readonly segments: readonly Segment[];
  readonly values: Float32Array;
  /** Undefined where they are zero. */
  readonly moments: Pick<StateVectors, 'first' | 'second'> | undefined;
  readonly steps: number;
  readonly scaled: boolean;
}

export interface GraphMessage {
  /** By which it is named from then on. */
  readonly id: number;
  readonly graph: PlainGraph;
  readonly what: string;
  readonly outputs: readonly string[];
  /** Of a graph that gives some. */
  readonly gradients: Pick<GradientRequest, 'gradients' | 'share'> | undefined;
}

/** A part of the vector of values, and where it begins. */
export type Piece = readonly [begin: number, values: Float32Array];

interface Work {
  readonly engine: GraphEngine;
  readonly state: TrainingState;
  readonly memory: GradientMemory;
  readonly runners: Map<number, GraphRunner | GradientRunner>;
}

let work: Work | undefined;

const now = (): Work => work!;

const calls = {
  /** @param threads that sessions may use within an op; as many as there are cores where undefined. */
  async begin(
    device: Device,
    message: StateMessage,
    settings: MemorySettings,
    threads: number | undefined,
  ): Promise<void> {
    limitThreads(threads);
    const { segments, values, moments, steps, scaled } = message;
    const state = new TrainingState(segments, scaled);
    state.values.set(values);
    if (moments) {
      state.first.set(moments.first);
      state.second.set(moments.second);
    }
    state.steps = steps;
    const engine = onnxruntimeOn(device);
    work = { engine, state, memory: await openMemory(engine, state, settings), runners: new Map() };
  },

  /** @returns what was decided, in words for the user. */
  async open({ id, graph, gradients, ...named }: GraphMessage): Promise<readonly string[]> {
    const { engine, memory, runners } = now();
    const request = { ...named, graph: graphOfPlain(graph) };
    const opening = gradients ? memory.openGradient({ ...request, ...gradients }) : memory.open(request);
    const runner = await opening;
    const unshared = new UnsharedFeeds();
    runners.set(id, { ...runner, run: (feeds) => runner.run(unshared.of(feeds)) });
    return engine.notices();
  },

  beginParts: (id: number): Promise<void> => (now().runners.get(id) as GradientRunner).begin(),

  run: (id: number, feeds: Tensors): Promise<Tensors> => now().runners.get(id)!.run(feeds),

  async runAndUpdate(id: number, feeds: Tensors, loss: string, learningRate: number): Promise<UpdatedRun> {
    const { runners, memory } = now();
    const outputs = await runners.get(id)!.run(feeds);
    if (!Number.isFinite((outputs[loss]!.data as Float32Array)[0])) return { outputs, norm: Number.NaN };
    const begun = memory.beginUpdate?.(learningRate);
    if (!begun) return { outputs, norm: await memory.update(learningRate) };
    // The step is taken on one core: meanwhile the thread that asked can make the next batch on another.
    return answerBefore(begun.finish, { outputs, norm: begun.norm });
  },

  async close(id: number): Promise<void> {
    const { runners } = now();
    await runners.get(id)!.close();
    runners.delete(id);
  },

  settle: (images: number): Promise<void> => now().memory.settle(images),

  update(learningRate: number, lossScale: LossScaleState | undefined): Promise<number> {
    const { state, memory } = now();
    if (state.lossScale) state.lossScale.state = lossScale!;
    return memory.update(learningRate);
  },

  async pull(what: 'values' | 'all'): Promise<Partial<StateVectors>> {
    const { state, memory } = now();
    await memory.pull(what);
    const values = state.values.slice();
    const vectors =
      what === 'values' ? { values } : { values, first: state.first.slice(), second: state.second.slice() };
    return handOver(vectors, buffersOf(Object.values(vectors)));
  },

  async push(pieces: readonly Piece[], names: readonly string[] | undefined): Promise<void> {
    const { state, memory } = now();
    for (const [begin, values] of pieces) state.values.set(values, begin);
    await memory.push(names);
  },

  /** Another `begin` may follow. */
  async end(): Promise<void> {
    const { memory } = now();
    work = undefined;
    await memory.close();
  },
};

export type MemoryCalls = typeof calls;

serve(calls);
