/**
 * Training steps run by TensorFlow.js: the graphs that onnxruntime is given elsewhere, written as graph-models. For machines
 * where that is what is there, and as a judge of the graphs: two engines that share no kernel agree on every gradient.
 */
import { MarnetError } from '../../../core/errors.ts';
import type { Graph, Tensor } from '../../../core/graph/index.ts';
import type { GraphEngine, OpenedGraph } from '../../../core/runtime/graph-engine.ts';
import { type TfjsGraphModel, toGraphModel } from '../write/index.ts';
import { BACKENDS, type BackendName, backendState, chooseBackend, useBackend } from './backends.ts';
import { LoadedGraph } from './opened.ts';
import { loadTfjs, type Tfjs } from './packages.ts';

export { BACKENDS, type BackendName, type BackendState, backendState, packageOf } from './backends.ts';
export { loadTfjs } from './packages.ts';

export interface TfjsEngineOptions {
  /** Backends to try, in this order; all of them unless told. */
  readonly backends?: readonly BackendName[];
}

/**
 * The engine on the best backend that works.
 * @throws MarnetError 'runtime' where TensorFlow.js is not installed or none works, with what to install.
 */
export async function openTfjsEngine(options: TfjsEngineOptions = {}): Promise<TfjsEngine> {
  const tfjs = loadTfjs();
  const wanted = options.backends ?? BACKENDS;
  const { backend, passedOver } = await chooseBackend(tfjs, wanted);
  const why = passedOver.length > 0 ? ` (${passedOver.join('; ')})` : '';
  const engine = new TfjsEngine(tfjs, backend, wanted.slice(wanted.indexOf(backend) + 1));
  engine.say(`Engine: TensorFlow.js ${tfjs.core.version_core}, backend ${backend}${why}`);
  return engine;
}

export class TfjsEngine implements GraphEngine {
  readonly name = 'tfjs';
  readonly target = 'portable';
  readonly blocked = false;
  readonly tfjs: Tfjs;
  /** Where graphs are run first. */
  readonly backend: BackendName;
  /** Where they are run if that fails. */
  readonly #others: readonly BackendName[];
  #said: string[] = [];

  constructor(tfjs: Tfjs, backend: BackendName, others: readonly BackendName[]) {
    this.tfjs = tfjs;
    this.backend = backend;
    this.#others = others;
  }

  async open(graph: Graph): Promise<OpenedGraph> {
    const written = await toGraphModel(graph);
    await useBackend(this.tfjs, this.backend);
    const loaded = await LoadedGraph.load(this.tfjs, written);
    const rest = { others: this.#others, say: (message: string) => this.say(message) };
    return new TfjsGraph(this.tfjs, graph, written, { backend: this.backend, loaded }, rest);
  }

  say(message: string): void {
    this.#said.push(message);
  }

  notices(): readonly string[] {
    const said = this.#said;
    this.#said = [];
    return said;
  }
}

/** What a graph does when its backend cannot run it. */
interface Fallback {
  readonly others: readonly BackendName[];
  say(message: string): void;
}

interface Placed {
  readonly backend: BackendName;
  readonly loaded: LoadedGraph;
}

/** A graph on one backend; on the next one from the first run on that fails, if it is the first at all. */
class TfjsGraph implements OpenedGraph {
  readonly inputs: readonly { readonly name: string }[];
  readonly #tfjs: Tfjs;
  readonly #written: TfjsGraphModel;
  readonly #rest: Fallback;
  #placed: Placed;
  #hasRun = false;

  constructor(tfjs: Tfjs, graph: Graph, written: TfjsGraphModel, placed: Placed, rest: Fallback) {
    this.#tfjs = tfjs;
    this.#written = written;
    this.#placed = placed;
    this.#rest = rest;
    this.inputs = graph.inputs.map(({ name }) => ({ name }));
  }

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: Readonly<Record<string, Tensor>>,
  ): Promise<void> {
    for (;;) {
      const { backend, loaded } = this.#placed;
      try {
        await useBackend(this.#tfjs, backend);
        await loaded.run(feeds, fetches);
        this.#hasRun = true;
        return;
      } catch (cause) {
        const next = this.#hasRun ? undefined : await this.#after(backend);
        if (!next) throw failed(backend, cause);
        this.#rest.say(
          `The backend ${backend} cannot run a graph of this training (${messageOf(cause)}): that graph runs on ${next}.`,
        );
        loaded.close();
        await useBackend(this.#tfjs, next);
        this.#placed = { backend: next, loaded: await LoadedGraph.load(this.#tfjs, this.#written) };
      }
    }
  }

  async #after(backend: BackendName): Promise<BackendName | undefined> {
    const { others } = this.#rest;
    for (const name of others.slice(others.indexOf(backend) + 1))
      if ((await backendState(this.#tfjs, name)).state === 'works') return name;
    return undefined;
  }

  async close(): Promise<void> {
    await useBackend(this.#tfjs, this.#placed.backend);
    this.#placed.loaded.close();
  }
}

function failed(backend: BackendName, cause: unknown): MarnetError {
  return new MarnetError('runtime', `TensorFlow.js (${backend}) failed in a run: ${messageOf(cause)}`, {
    hint: 'Leave --engine out: onnxruntime runs the same graphs.',
    cause,
  });
}

/** The first line: kernels say much more. */
function messageOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0]!.trim();
}
