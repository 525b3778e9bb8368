/**
 * A state on a thread of its own, with the graphs that read it: a run holds up the thread that it is called on, and this
 * one is to go on making batches, telling progress and hearing signals. Batches are made in memory that both threads see, or
 * handed over; losses and logits come back, and the state itself for checkpoints and the best epoch alone.
 */
import { plainGraph } from '../../graph/index.ts';
import type { Device } from '../../runtime/device/name.ts';
import { threadsAllowed } from '../../runtime/session.ts';
import { buffersOf, Thread } from '../../runtime/thread/thread.ts';
import type { KeptState } from '../state.ts';
import type {
  GradientMemory,
  GradientRequest,
  GradientRunner,
  GraphRunner,
  RunnerRequest,
  Tensors,
} from './memory.ts';
import type { MemorySettings } from './open.ts';
import type { GraphMessage, MemoryCalls, Piece } from './remote-thread.ts';
import { isShared, sharedArray } from './shared-feeds.ts';

export class RemoteMemory implements GradientMemory {
  readonly #thread: Thread<MemoryCalls>;
  /** Settles when the thread has the state. */
  readonly #begun: Promise<void>;
  readonly #state: KeptState;
  readonly #settings: MemorySettings;
  #runners = 0;
  #notices: string[] = [];

  private constructor(
    thread: Thread<MemoryCalls>,
    begun: Promise<void>,
    state: KeptState,
    settings: MemorySettings,
  ) {
    this.#thread = thread;
    this.#begun = begun;
    begun.catch(() => {}); // a failure shows when a graph is opened
    this.#state = state;
    this.#settings = settings;
  }

  /** Takes the state over: its moments here are empty until they are pulled. The thread may still be starting then. */
  static open(device: Device, state: KeptState, settings: MemorySettings): RemoteMemory {
    const thread = takeThread();
    const { segments, values, first, second, steps, lossScale } = state;
    const moments = steps > 0 ? { first, second } : undefined;
    const message = { segments, values, moments, steps, scaled: lossScale !== undefined };
    const begun = thread.call(
      'begin',
      [device, message, settings, threadsAllowed()],
      moments ? buffersOf([first, second]) : [],
    );
    const memory = new RemoteMemory(thread, begun, state, settings);
    memory.#forgetMoments();
    return memory;
  }

  feedArray(length: number): Float32Array {
    return sharedArray(length);
  }

  open(request: RunnerRequest): Promise<GraphRunner> {
    return this.#open(request, undefined);
  }

  openGradient(request: GradientRequest): Promise<GradientRunner> {
    const { gradients, share } = request;
    return this.#open(request, { gradients, share });
  }

  async #open(
    { graph, what, outputs }: RunnerRequest,
    gradients: GraphMessage['gradients'],
  ): Promise<GradientRunner> {
    const thread = this.#thread;
    const id = this.#runners++;
    const plain = plainGraph(graph);
    const weights = [...plain.constants.values()].map(({ data }) => data);
    const opening = thread.call('open', [{ id, graph: plain, what, outputs, gradients }], buffersOf(weights));
    const [told] = await Promise.all([opening, this.#begun]);
    this.#notices.push(...told);
    const atOnce = gradients && this.#settings.batches === 1 && !this.#state.lossScale;
    return {
      begin: () => thread.call('beginParts', [id]),
      run: (feeds) => thread.call('run', [id, feeds], handedOver(feeds)),
      ...(atOnce && {
        runAndUpdate: async (feeds, loss, learningRate) => {
          const done = await thread.call('runAndUpdate', [id, feeds, loss, learningRate], handedOver(feeds));
          this.#follow(done.norm);
          return done;
        },
      }),
      close: () => thread.call('close', [id]),
    };
  }

  async settle(images: number): Promise<void> {
    // Where a step is one batch, there is nothing to sum.
    if (this.#settings.batches > 1) await this.#thread.call('settle', [images]);
  }

  async update(learningRate: number): Promise<number> {
    const norm = await this.#thread.call('update', [learningRate, this.#state.lossScale?.state]);
    this.#follow(norm);
    return norm;
  }

  /** What an update there means for the state here. */
  #follow(norm: number): void {
    if (Number.isFinite(norm)) this.#state.steps++;
    this.#forgetMoments();
  }

  /** They are of no use after an update, and as large as all parameters. */
  #forgetMoments(): void {
    this.#state.first = EMPTY;
    this.#state.second = EMPTY;
  }

  async pull(what: 'values' | 'all'): Promise<void> {
    const state = this.#state;
    const { values, first, second } = await this.#thread.call('pull', [what]);
    for (const { name, begin, end } of state.segments)
      if (!this.#settings.hosted.has(name)) state.values.set(values!.subarray(begin, end), begin);
    if (!first || !second) return;
    state.first = first;
    state.second = second;
  }

  async push(names?: readonly string[]): Promise<void> {
    const { values, segments } = this.#state;
    const named = names && segments.filter(({ name }) => names.includes(name));
    const pieces: Piece[] = named
      ? named.map(({ begin, end }) => [begin, values.slice(begin, end)])
      : [[0, values]];
    await this.#thread.call('push', [pieces, names]);
  }

  /** What was decided since it was asked last, in words for the user. */
  notices(): readonly string[] {
    const notices = this.#notices;
    this.#notices = [];
    return notices;
  }

  async close(): Promise<void> {
    const began = await this.#begun.then(
      () => true,
      () => false,
    );
    if (!began) return this.#thread.close();
    await this.#thread.call('end', []);
    giveBack(this.#thread);
  }
}

const EMPTY = new Float32Array(0);

/** Buffers of a run's feeds that go to the thread: those that it does not see already. */
function handedOver(feeds: Tensors): ArrayBuffer[] {
  const arrays = Object.values(feeds).map(({ data }) => data);
  return buffersOf(arrays.filter((data) => !isShared(data)));
}

/** Starting a thread takes a third of a second, and trainings come in rows: with the method's heads, without, other seeds. */
const IDLE_SECONDS = 5;

let idle: Thread<MemoryCalls> | undefined;

function takeThread(): Thread<MemoryCalls> {
  const thread = idle ?? new Thread<MemoryCalls>({ from: import.meta.url, module: './remote-thread' });
  idle = undefined;
  return thread;
}

/** Its memory is free for certain only when it has ended. */
function giveBack(thread: Thread<MemoryCalls>): void {
  const end = (): void => void thread.close();
  if (idle) {
    end();
    return;
  }
  idle = thread;
  setTimeout(() => {
    if (idle !== thread) return;
    idle = undefined;
    end();
  }, 1000 * IDLE_SECONDS).unref();
}
