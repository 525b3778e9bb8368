/**
 * Values that stay on a device between runs. Of onnxruntime-node's devices WebGPU alone can leave outputs in its own
 * memory and be fed with them; on others they come back to the host, and everything else here is the same.
 */
import type * as ort from 'onnxruntime-node';
import { type Graph, GraphBuilder, Graph as NewGraph, type Tensor } from '../../graph/index.ts';
// Not by the room's index: the thread that trains loads this, and reads no models.
import { encodeGraph } from '../../onnx/encode.ts';
import { createSession, fromOrt, runFailure, toOrt } from '../session.ts';
import { type Device, kindOf } from './name.ts';

/** A tensor in a device's memory, to be fed to sessions of that device alone. */
export class Resident {
  readonly #tensor: ort.Tensor;

  constructor(tensor: ort.Tensor) {
    this.#tensor = tensor;
  }

  /** For a session of this file. */
  static tensorOf(resident: Resident): ort.Tensor {
    return resident.#tensor;
  }

  /** Gives the memory back. Its reader must have been run before. */
  dispose(): void {
    this.#tensor.dispose();
  }
}

export interface ResidentResult {
  /** Outputs that stayed; whoever called disposes of them. */
  readonly kept: Readonly<Record<string, Resident>>;
  /** Outputs that came to the host. */
  readonly read: Readonly<Record<string, Tensor>>;
}

/** A session that leaves some of its outputs where they are. All outputs are fetched in every run. */
export class ResidentSession {
  readonly inputs: ReadonlySet<string>;
  readonly #session: ort.InferenceSession;
  readonly #kept: ReadonlySet<string>;

  constructor(session: ort.InferenceSession, kept: ReadonlySet<string>) {
    this.#session = session;
    this.#kept = kept;
    this.inputs = new Set(session.inputNames);
  }

  /** @throws MarnetError 'runtime', 'device-memory'. */
  async run(feeds: Readonly<Record<string, Tensor | Resident>>): Promise<ResidentResult> {
    const given: Record<string, ort.Tensor> = {};
    for (const [name, value] of Object.entries(feeds))
      if (this.inputs.has(name))
        given[name] = value instanceof Resident ? Resident.tensorOf(value) : toOrt(value);
    try {
      const result = await this.#session.run(given);
      const kept: Record<string, Resident> = {};
      const read: Record<string, Tensor> = {};
      for (const [name, tensor] of Object.entries(result)) {
        if (this.#kept.has(name)) kept[name] = new Resident(tensor);
        else read[name] = fromOrt(tensor);
      }
      return { kept, read };
    } catch (cause) {
      throw runFailure(cause);
    }
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

/**
 * Compiles a graph for a device.
 * @param keep names of the outputs that stay there; at least one other output must be read in each run, or the driver's
 *   queue grows.
 */
export async function openResident(
  graph: Graph,
  device: Device,
  keep: readonly string[],
): Promise<ResidentSession> {
  const kept = new Set(keep);
  const location = Object.fromEntries(
    graph.outputs.map(({ name }) => [name, kept.has(name) ? 'gpu-buffer' : 'cpu'] as const),
  );
  const session = await createSession(
    encodeGraph(graph),
    { device },
    kindOf(device) === 'webgpu' ? { preferredOutputLocation: location } : {},
  );
  return new ResidentSession(session, kept);
}

/** Moves vectors of one length between a device and the host. onnxruntime reads a value back only as a session's output. */
export class Transfer {
  readonly #up: ResidentSession;
  readonly #down: ResidentSession;
  readonly #length: number;

  private constructor(up: ResidentSession, down: ResidentSession, length: number) {
    this.#up = up;
    this.#down = down;
    this.#length = length;
  }

  /** @param length floats of a vector. */
  static async open(device: Device, length: number): Promise<Transfer> {
    const graph = identityOf(length);
    return new Transfer(
      await openResident(graph, device, ['kept']),
      await openResident(graph, device, []),
      length,
    );
  }

  /** @param vector of at most the transfer's length; what it lacks is zero. */
  async upload(vector: Float32Array): Promise<Resident> {
    const data = new Float32Array(this.#length);
    data.set(vector);
    const { kept } = await this.#up.run({ value: { dtype: 'float32', dims: [this.#length], data } });
    return kept.kept!;
  }

  /** Fills `vector` with the beginning of the value. */
  async download(value: Resident, vector: Float32Array): Promise<void> {
    const { read } = await this.#down.run({ value });
    vector.set((read.kept!.data as Float32Array).subarray(0, vector.length));
  }

  async close(): Promise<void> {
    await this.#up.close();
    await this.#down.close();
  }
}

/** Two outputs, so that a run which keeps one can read the other. */
function identityOf(length: number): Graph {
  const graph = new NewGraph();
  graph.opsets.set('', 21);
  const b = new GraphBuilder(graph);
  const value = b.input('value', 'float32', [length]);
  b.output(value, 'kept');
  b.output(b.slice(value, [0], [1], [0]), 'first');
  return graph;
}
