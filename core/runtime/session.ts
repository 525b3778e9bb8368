import './no-telemetry.ts';
import * as ort from 'onnxruntime-node';
import { MarnetError } from '../errors.ts';
import type { Dim, DType, Tensor } from '../graph/index.ts';

export interface SessionOptions {
  /** How far onnxruntime may rewrite the graph; 'all' unless told. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all';
  /** Where onnxruntime leaves its rewritten graph as a model file. */
  readonly saveOptimized?: string;
  /** Threads within an op; onnxruntime's own choice (one a core) unless told. */
  readonly threads?: number;
  /** Adds a prefix for onnxruntime's profile, a JSON file of the time spent in each node. */
  readonly profile?: string;
}

export interface PortInfo {
  readonly name: string;
  /** Undefined where the value is a sequence or another thing that is no tensor. */
  readonly type: { readonly dtype: DType; readonly shape: readonly Dim[] } | undefined;
}

/** A graph that onnxruntime has compiled for the CPU. Close it when done: it holds native memory. */
export class Session {
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  readonly #session: ort.InferenceSession;

  constructor(session: ort.InferenceSession) {
    this.#session = session;
    this.inputs = session.inputMetadata.map(portInfo);
    this.outputs = session.outputMetadata.map(portInfo);
  }

  /**
   * Runs the graph once, on the calling thread. Inputs are not copied: do not change them before the promise settles.
   * @param feeds a tensor for each input.
   * @param fetches which outputs to return (all unless told), or tensors that the outputs are written into; such a
   *   tensor must not be fed in the same run.
   * @throws MarnetError 'runtime' with onnxruntime's own message.
   */
  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches?: readonly string[] | Readonly<Record<string, Tensor>>,
  ): Promise<Record<string, Tensor>> {
    const inputs: Record<string, ort.Tensor> = {};
    for (const [name, tensor] of Object.entries(feeds)) inputs[name] = toOrt(tensor);
    try {
      const result = await this.#session.run(inputs, fetchesForOrt(fetches));
      return Object.fromEntries(Object.entries(result).map(([name, tensor]) => [name, fromOrt(tensor)]));
    } catch (cause) {
      throw new MarnetError('runtime', `onnxruntime failed in a run: ${messageOf(cause)}`, { cause });
    }
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

/**
 * Compiles a model for the CPU.
 * @param model its bytes, or its path (needed where weights are in files beside it).
 * @throws MarnetError 'runtime' when onnxruntime refuses it.
 */
export async function openSession(
  model: Uint8Array | string,
  options: SessionOptions = {},
): Promise<Session> {
  const settings: ort.InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    graphOptimizationLevel: options.optimization ?? 'all',
    logSeverityLevel: 3,
    // A plan of all memory ahead takes half as much again as taking and giving back (mobilenet_v2's training step at
    // batch 8: 1285 MB for 850), and saves no time.
    enableMemPattern: false,
    ...(options.saveOptimized === undefined ? {} : { optimizedModelFilePath: options.saveOptimized }),
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
    ...(options.profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profile }),
  };
  try {
    const session =
      typeof model === 'string'
        ? await ort.InferenceSession.create(model, settings)
        : await ort.InferenceSession.create(model, settings);
    return new Session(session);
  } catch (cause) {
    throw new MarnetError('runtime', `onnxruntime cannot load the graph: ${messageOf(cause)}`, { cause });
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function portInfo(metadata: ort.InferenceSession.ValueMetadata): PortInfo {
  if (!metadata.isTensor) return { name: metadata.name, type: undefined };
  // An unnamed open dimension comes as an empty string.
  const shape = metadata.shape.map((dim) => (dim === '' ? '?' : dim));
  return { name: metadata.name, type: { dtype: metadata.type as DType, shape } };
}

/** A training feeds the same tensors step after step. */
const converted = new WeakMap<Tensor, ort.Tensor>();

function toOrt(tensor: Tensor): ort.Tensor {
  let known = converted.get(tensor);
  if (!known) {
    known = new ort.Tensor(tensor.dtype as ort.Tensor.Type, tensor.data as Float32Array, tensor.dims);
    converted.set(tensor, known);
  }
  return known;
}

function fromOrt(tensor: ort.Tensor): Tensor {
  return { dtype: tensor.type as DType, dims: tensor.dims, data: tensor.data as Tensor['data'] };
}

function fetchesForOrt(
  fetches: readonly string[] | Readonly<Record<string, Tensor>> | undefined,
): Record<string, ort.Tensor | null> {
  if (fetches === undefined) return {};
  if (isNames(fetches)) return Object.fromEntries(fetches.map((name) => [name, null]));
  return Object.fromEntries(Object.entries(fetches).map(([name, tensor]) => [name, toOrt(tensor)]));
}

function isNames(
  fetches: readonly string[] | Readonly<Record<string, Tensor>>,
): fetches is readonly string[] {
  return Array.isArray(fetches);
}
