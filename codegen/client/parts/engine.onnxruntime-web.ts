import { InferenceSession } from 'onnxruntime-web';
import { sha256Of } from './digest.ts';
import { engineOf } from './engine.onnxruntime.ts';
import { type Engine, requireModel } from './engine.ts';
import { fetched } from './files.browser.ts';
import { MODEL } from './model.ts';

/** The address of the ONNX file, or its bytes. */
export type ModelSource = string | URL | Uint8Array | ArrayBuffer;

export interface EngineOptions {
  /**
   * Whether a model other than the one that this file was made of is refused, by its SHA-256; true unless told. A page
   * that came by plain http cannot check it.
   */
  readonly verify?: boolean;
  /** Options of onnxruntime: `executionProviders`, `externalData` for weights in other files, and so on. */
  readonly session?: InferenceSession.SessionOptions;
}

export async function openEngine(source: ModelSource, options: EngineOptions): Promise<Engine> {
  const { verify = true, session = {} } = options;
  const address = typeof source === 'string' || source instanceof URL ? source : undefined;
  const bytes = await bytesOf(source);
  if (verify)
    requireModel(await sha256Of(bytes), address === undefined ? 'the model that was given' : String(address));
  const base = address === undefined ? undefined : new URL(address, globalThis.location.href);
  const externalData = MODEL.weightFiles.map((path) => {
    if (base === undefined && session.externalData === undefined)
      throw new Error(
        `${MODEL.file} keeps weights in ${path}: give its address, or { session: { externalData } }`,
      );
    return { path, data: new URL(path, base).href };
  });
  return engineOf(
    await InferenceSession.create(bytes, {
      ...(externalData.length > 0 ? { externalData } : {}),
      ...session,
    }),
  );
}

async function bytesOf(source: ModelSource): Promise<ArrayBuffer> {
  if (source instanceof ArrayBuffer) return source;
  // A view may be of a part of its buffer.
  if (source instanceof Uint8Array) return source.slice().buffer as ArrayBuffer;
  return (await fetched(source)).arrayBuffer();
}
