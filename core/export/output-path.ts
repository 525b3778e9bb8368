import { randomUUID } from 'node:crypto';
import { accessSync, constants, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MarnetError } from '../errors.ts';
import type { Model } from '../model.ts';
import { looksLikeOnnx } from '../onnx/first-bytes.ts';
import { fileSource } from '../onnx/source.ts';

/** What else is known of the place that a model is to go to. */
export interface OutputPlace {
  /** Whether `<out>.data` is written beside it. */
  readonly externalData?: boolean;
  /** Whether a file is a model, by its first bytes; ONNX unless told. */
  readonly isModel?: (head: Uint8Array) => boolean;
}

/**
 * Refuses a place that the merged model cannot go to, before any work is done for it.
 * @param out where the model is to be written.
 * @param original of whose files none is written over.
 * @throws MarnetError 'output' when it is one of those, a folder or another thing that is no file, a file that holds no model,
 *   in a folder that does not exist or cannot be written to, or a file that is read-only.
 */
export function checkOutputPath(
  out: string,
  original: Pick<Model, 'path' | 'files'>,
  { externalData = false, isModel = looksLikeOnnx }: OutputPlace = {},
): void {
  const folder = path.dirname(path.resolve(out));
  const status = statSync(folder, { throwIfNoEntry: false });
  if (!status)
    throw refusal(
      out,
      `its folder "${folder}" does not exist`,
      'Create the folder first, or choose another.',
    );
  if (!status.isDirectory())
    throw refusal(out, `"${folder}" is not a folder`, 'Choose a path whose parent is a folder.');
  checkFile(out, original);
  // Where weights of the original are called so, what is written takes another name.
  if (externalData) checkFile(`${out}.data`, { path: original.path });
  requireModel(out, isModel);
  tryToWrite(out, folder);
}

/**
 * The same for a model of several files: its folder may be made, the one above it must be there.
 * @param out the file that stands for the model.
 */
export function checkOutputFolder(
  out: string,
  original: Pick<Model, 'path' | 'files'>,
  place: OutputPlace,
): void {
  const folder = path.dirname(path.resolve(out));
  if (statSync(folder, { throwIfNoEntry: false })) checkOutputPath(out, original, place);
  // A folder that is not there yet is written to as a file would be.
  else checkOutputPath(folder, original, place);
}

function checkFile(
  file: string,
  { path: model, files = model === undefined ? [] : [model] }: Pick<Model, 'path' | 'files'>,
): void {
  const status = statSync(file, { throwIfNoEntry: false });
  const read = files.find((each) => sameFile(file, each));
  if (read !== undefined)
    throw refusal(
      file,
      read === model
        ? `it is the model that is being read ("${read}")`
        : `it holds weights of the model that is being read ("${read}")`,
      'Choose another output path: the original is never overwritten.',
    );
  if (!status) return;
  if (status.isDirectory())
    throw refusal(file, 'it is a folder', `Give a file in it, as ${path.join(file, 'merged.onnx')}.`);
  if (!status.isFile()) throw refusal(file, 'it is not an ordinary file', 'Choose another output path.');
  try {
    accessSync(file, constants.W_OK);
  } catch (cause) {
    throw refusal(file, 'the file there is read-only', 'Choose another path, or make it writable.', cause);
  }
}

/** Bytes that tell a model from another file. */
const HEAD = 512;

/** What is there is replaced where it is a model or named like one: not a table of images, a photo, or weights. */
function requireModel(file: string, isModel: (head: Uint8Array) => boolean): void {
  if (!statSync(file, { throwIfNoEntry: false }) || /\.onnx$/i.test(file)) return;
  const head = fileSource(file).bytes(0, HEAD);
  if (head.length > 0 && !isModel(head))
    throw refusal(
      file,
      'the file there is no model, and would be lost',
      'Choose another output path, or remove the file first.',
    );
}

/** Whether two paths lead to one file, through links of either kind. */
function sameFile(a: string, b: string): boolean {
  const [first, second] = [a, b].map((file) => statSync(file, { bigint: true, throwIfNoEntry: false }));
  if (first && second && first.ino !== 0n) return first.ino === second.ino && first.dev === second.dev;
  return resolved(a) === resolved(b);
}

function resolved(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}

/** Permissions alone do not tell: a disk may be read-only, or full. */
function tryToWrite(out: string, folder: string): void {
  const probe = path.join(folder, `.${path.basename(out)}.${randomUUID()}.tmp`);
  try {
    writeFileSync(probe, 'x', { flag: 'wx' });
  } catch (cause) {
    throw asOutputError(out, cause);
  } finally {
    rmSync(probe, { force: true });
  }
}

/**
 * What the system said of a write, as an error about `out`, also where it was said of a temporary file in its place;
 * anything else as it is.
 */
export function asOutputError(out: string, error: unknown): unknown {
  const system = error instanceof MarnetError && error.code === 'output' ? error.cause : error;
  const { code, syscall } = (system ?? {}) as NodeJS.ErrnoException;
  if (system instanceof MarnetError || code === undefined || syscall === undefined) return error;
  const folder = path.dirname(path.resolve(out));
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return refusal(out, 'the disk is full', 'Free some space, or choose another disk.', error);
    case 'EFBIG':
      return refusal(
        out,
        'a file of its size is not allowed there',
        'Choose another disk, or raise the limit ("ulimit -f").',
        error,
      );
    default:
      return refusal(
        out,
        `its folder "${folder}" cannot be written to (${code})`,
        'Choose a folder that you may write to.',
        error,
      );
  }
}

function refusal(out: string, why: string, hint: string, cause?: unknown): MarnetError {
  return new MarnetError('output', `the model cannot be written to "${out}": ${why}`, { hint, cause });
}
