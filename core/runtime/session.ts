import './no-telemetry.ts';
import * as ort from 'onnxruntime-node';
import { MarnetError } from '../errors.ts';
import type { Dim, DType, Tensor } from '../graph/index.ts';
import { type Device, kindOf } from './device/name.ts';
import { checkInstalled, executionProviders, unusable } from './device/provider.ts';

export interface SessionOptions {
  /** Where it runs; the CPU unless told. */
  readonly device?: Device | undefined;
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

/** A graph that onnxruntime has compiled for a device. Close it when done: it holds native memory. */
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
   * @param outputs names of those to return; all unless told.
   * @throws MarnetError 'runtime' with onnxruntime's own message, 'device-memory' where the device has too little.
   */
  async run(
    feeds: Readonly<Record<string, Tensor>>,
    outputs?: readonly string[],
  ): Promise<Record<string, Tensor>> {
    const inputs: Record<string, ort.Tensor> = {};
    for (const [name, tensor] of Object.entries(feeds)) inputs[name] = toOrt(tensor);
    try {
      const result = await (outputs ? this.#session.run(inputs, outputs) : this.#session.run(inputs));
      return Object.fromEntries(Object.entries(result).map(([name, tensor]) => [name, fromOrt(tensor)]));
    } catch (cause) {
      throw runFailure(cause);
    }
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

let threadLimit: number | undefined;

/** Sessions opened from now on use so many threads within an op, where nobody tells: for several processes at once. */
export function limitThreads(threads: number | undefined): void {
  threadLimit = threads;
}

/** What `limitThreads` was told, for other threads of this process, which do not know. */
export function threadsAllowed(): number | undefined {
  return threadLimit;
}

/**
 * Compiles a model for the CPU or another device.
 * @param model its bytes, or its path (needed where weights are in files beside it).
 * @throws MarnetError 'runtime' when onnxruntime refuses it, 'device' when the device does not work.
 */
export async function openSession(
  model: Uint8Array | string,
  options: SessionOptions = {},
): Promise<Session> {
  return new Session(await createSession(model, options));
}

/** What `openSession` wraps; `more` are settings of onnxruntime's own. */
export async function createSession(
  model: Uint8Array | string,
  options: SessionOptions,
  more: ort.InferenceSession.SessionOptions = {},
): Promise<ort.InferenceSession> {
  const { device = 'cpu', threads = threadLimit } = options;
  if (device !== 'cpu') checkInstalled(device);
  const settings: ort.InferenceSession.SessionOptions = {
    executionProviders: executionProviders(device),
    graphOptimizationLevel: options.optimization ?? 'all',
    logSeverityLevel: 3,
    // A plan of all memory ahead takes half as much again as taking and giving back (mobilenet_v2's training step at
    // batch 8: 1285 MB for 850), and saves no time.
    enableMemPattern: false,
    ...(options.saveOptimized === undefined ? {} : { optimizedModelFilePath: options.saveOptimized }),
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    // Between runs the cores are for what is done with the results.
    extra: { session: { force_spinning_stop: '1' } },
    ...(options.profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profile }),
    ...more,
  };
  try {
    return typeof model === 'string'
      ? await ort.InferenceSession.create(model, settings)
      : await ort.InferenceSession.create(model, settings);
  } catch (cause) {
    const message = messageOf(cause);
    if (device !== 'cpu' && NO_DEVICE.test(message)) throw unusable(device, reasonOf(message), cause);
    if (kindOf(device) !== 'cpu' && OUT_OF_MEMORY.test(message)) throw runFailure(cause);
    throw new MarnetError('runtime', `onnxruntime cannot load the graph: ${message}`, {
      ...(NO_KERNEL.test(message) ? { hint: NO_KERNEL_HINT } : {}),
      cause,
    });
  }
}

/** How onnxruntime says that it knows an op and cannot run it. */
const NO_KERNEL = /Could not find an implementation for /;

export const NO_KERNEL_HINT =
  "onnxruntime has no kernel of this op on CPUs. Start from the model before onnxruntime's optimizer made it for GPUs, or " +
  'have that leave the op out (`enable_group_norm`, `enable_nhwc_conv` and their like in its FusionOptions).';

/** How onnxruntime and its drivers say that there is no such device, or that it does not answer. */
const NO_DEVICE =
  /WebGPU (adapter|device)|No supported adapters|CUDA failure|libcud|libnvinfer|providers_(cuda|shared)|LoadLibrary|no CUDA-capable|DXGI|D3D12|CoreML(?!.*unsupported)/i;

/** How they say that memory is short. */
const OUT_OF_MEMORY =
  /out of (device )?memory|OUT_OF_(DEVICE|HOST)_MEMORY|failed to allocate|bad_alloc|Available memory of \d+ is smaller|E_OUTOFMEMORY|CUBLAS_STATUS_ALLOC_FAILED|buffer size.*(exceeds|greater)/i;

/** The part of onnxruntime's message that says why, without its source lines. */
function reasonOf(message: string): string {
  return message
    .split('\n')[0]!
    .replace(/^.*(?=Failed to get a WebGPU|CUDA failure|Failed to load library)/, '');
}

/** What is thrown for an error of a run. */
export function runFailure(cause: unknown): MarnetError {
  const message = messageOf(cause);
  if (OUT_OF_MEMORY.test(message))
    return new MarnetError('device-memory', `a run needs more memory than there is: ${reasonOf(message)}`, {
      hint: 'Use a smaller --batch, with --accumulate in proportion.',
      cause,
    });
  return new MarnetError('runtime', `onnxruntime failed in a run: ${message}`, { cause });
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

export function toOrt(tensor: Tensor): ort.Tensor {
  let known = converted.get(tensor);
  if (!known) {
    known = new ort.Tensor(tensor.dtype as ort.Tensor.Type, tensor.data as Float32Array, tensor.dims);
    // Where there is a Float16Array (from Node 24 on), onnxruntime makes one of the bits, and onnxruntime-node 1.30 then finds no
    // bytes in it (https://github.com/microsoft/onnxruntime/pull/32323). The bits themselves it takes.
    if (tensor.dtype === 'float16') Object.assign(known, { cpuData: tensor.data });
    converted.set(tensor, known);
  }
  return known;
}

export function fromOrt({ type, dims, data }: ort.Tensor): Tensor {
  return { dtype: type as DType, dims, data: (type === 'float16' ? bitsOf(data) : data) as Tensor['data'] };
}

/** What may have come as a Float16Array. */
function bitsOf(data: ort.Tensor.DataType): Uint16Array {
  const { buffer, byteOffset, length } = data as Uint16Array;
  return data instanceof Uint16Array ? data : new Uint16Array(buffer, byteOffset, length);
}
