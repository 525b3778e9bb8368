import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MarnetError } from '../errors.ts';
import type { Graph } from '../graph/index.ts';
import { ungraft } from '../marnet/index.ts';
import type { Model, WriteOptions } from '../model.ts';
import { sha256OfFiles } from './digest.ts';
import { keysBroughtBack, METADATA_KEYS, readMergedMetadata } from './metadata.ts';
import { asOutputError, checkOutputPath } from './output-path.ts';
import { filesIn, stage } from './staging.ts';

/** What comes back is the model without heads and without the entries that this project added. */
export interface Likeness {
  /** Whether it is the original to the byte, by its SHA-256. */
  readonly exact: boolean;
  /** Names of the weights that tuning has changed since, and that differ from the original's. */
  readonly changedWeights: readonly string[];
  /** SHA-256 of the original, as the merged model's metadata has it. */
  readonly baseSha256: string;
}

/** The original model that was taken out of a merged one, as bytes of its file. */
export interface Unwrapped extends Likeness {
  readonly bytes: Uint8Array;
}

export interface UnwrappedFile extends Likeness {
  readonly path: string;
  /** Bytes of the model, weights in other files included. */
  readonly size: number;
}

/**
 * Takes the heads out of a merged model: the original's bytes where none of its weights was changed. Weights in files
 * beside the model are taken into the bytes; `unwrapTo` leaves them where they are.
 * @throws MarnetError 'unsupported-model' when it is no merged model, or has another classifier than the original.
 */
export async function unwrap(model: Model): Promise<Unwrapped> {
  const { graph, entries, ...likeness } = takenOff(model);
  const bytes = model.encode(graph, entries);
  const digest = createHash('sha256').update(bytes).digest('hex');
  return { ...likeness, bytes, exact: digest === likeness.baseSha256 };
}

/**
 * As `unwrap`, into a file. Weights that the original keeps in other files are written beside it under their names.
 * @throws MarnetError 'output' too.
 */
export async function unwrapTo(model: Model, out: string): Promise<UnwrappedFile> {
  checkOutputPath(out, model);
  const { graph, entries, ...likeness } = takenOff(model);
  const staging = await stage(out, true);
  try {
    const folder = path.dirname(staging.path);
    await writeInside(model, graph, staging.path, entries);
    let exact = (await digestOf(folder, staging.path)) === likeness.baseSha256;
    const others = (await filesIn(folder)).filter((file) => path.join(folder, file) !== staging.path);
    if (!exact && others.length > 0) {
      // An original with all weights inside may have been merged with its weights outside, and its heads inside.
      const { bytes, exact: inside } = await unwrap(model).catch(tooLarge);
      if (inside) {
        for (const file of others) await rm(path.join(folder, file));
        await writeFile(staging.path, bytes);
        exact = true;
      }
    }
    return { ...likeness, path: out, exact, size: await staging.publish() };
  } catch (error) {
    await staging.discard();
    throw asOutputError(out, error);
  }
}

/** With what `externalData` put into a file back inside, which is where the original had it, if that fits. */
async function writeInside(model: Model, graph: Graph, target: string, entries: WriteOptions): Promise<void> {
  try {
    await model.write(graph, target, { ...entries, undoExternalData: true });
  } catch (error) {
    if (!(error instanceof MarnetError) || error.code !== 'output' || error.cause) throw error;
    await model.write(graph, target, { ...entries, undoExternalData: true, externalData: 'inside' });
  }
}

function tooLarge(error: unknown): { bytes: Uint8Array; exact: false } {
  if (error instanceof MarnetError && error.code === 'output')
    return { bytes: new Uint8Array(0), exact: false };
  throw error;
}

/** As a model's own SHA-256 is defined: the model, then its weight files in the order of their names. */
async function digestOf(folder: string, model: string): Promise<string> {
  const files = (await filesIn(folder))
    .map((file) => path.join(folder, file))
    .filter((file) => file !== model);
  return sha256OfFiles([model, ...files.sort((a, b) => (a < b ? -1 : 1))]);
}

function takenOff(model: Model): {
  graph: Graph;
  /** What becomes of the metadata: ours goes, and what the original had under keys of ours comes back. */
  entries: WriteOptions;
  changedWeights: readonly string[];
  baseSha256: string;
} {
  const merged = readMergedMetadata(model.metadata);
  if (!merged)
    throw new MarnetError(
      'unsupported-model',
      `the model${named(model)} says nothing of a merge: it has no "${METADATA_KEYS.version}"`,
      { hint: 'Only a model that was wrapped can be unwrapped.' },
    );
  if (model.format !== 'onnx')
    throw new MarnetError(
      'unsupported-model',
      `the model${named(model)} was written as ${model.format}, where the original cannot be told from what was made of it`,
      { hint: 'Only ONNX keeps the original to the byte: use the original file, or wrap with --to onnx.' },
    );
  const { baseSha256, changedWeights } = merged;
  const metadata = Object.fromEntries(Object.values(METADATA_KEYS).map((key) => [key, undefined]));
  const entries = { metadata, renamedMetadata: keysBroughtBack(model.metadata) };
  return { graph: ungraft(model.graph), entries, changedWeights, baseSha256 };
}

function named(model: Model): string {
  return model.path === undefined ? '' : ` "${model.path}"`;
}
