import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { MarnetError } from '../errors.ts';
import type { Graph } from '../graph/index.ts';
import { type EditOptions, editedModel } from './edit.ts';
import type { WeightPlacement } from './edit-constants.ts';
import { requireOneMessage } from './encode.ts';
import type { OnnxFile } from './file.ts';
import { Rope, rangeOf } from './rope.ts';
import { type ByteSource, fileSource } from './source.ts';
import { type FileToWrite, writeFiles } from './write-file.ts';

export interface WriteModelOptions extends EditOptions {
  /** Keep weights of 1 KB and more in `<path>.data`. */
  readonly externalData?: boolean;
}

/** Smaller tensors stay in the model: an entry in another file would take as much. */
const EXTERNAL_FROM = 1024;
/** Tensors start at multiples of this, so that a runtime can map the file. */
const ALIGNMENT = 64;

/**
 * Writes an edited file, as `encodeEdited` has it, to `target`; the original's path is needed to protect it.
 * Weights that the original keeps in external files stay there when `target` is in the same folder; elsewhere those
 * files are copied beside it under their names, so the result is loadable and its records are the original's. With
 * `externalData` all go into `<target>.data` instead.
 * @throws MarnetError 'output' when the path cannot be written, is the original's, or would replace a weight file.
 */
export function writeEdited(
  file: OnnxFile,
  original: string | undefined,
  graph: Graph,
  target: string,
  { externalData = false, ...edit }: WriteModelOptions = {},
): void {
  refuseFolder(target);
  const read = original === undefined ? [] : externalFilesOf(file, original);
  const written = externalData ? [target, `${target}.data`] : [target];
  for (const own of [original, ...read.map((r) => r.path)])
    for (const output of written)
      if (own !== undefined && samePath(own, output))
        throw new MarnetError('output', `${output} is a file of the model that is being read`, {
          hint: 'Choose another output path: the original is never overwritten.',
        });

  const files: FileToWrite[] = [];
  const data = new Rope();
  const weights = externalData ? intoDataFile(data, `${path.basename(target)}.data`) : KEEP;
  const model = editedModel(file, graph, weights, edit);
  requireOneMessage(model.size, `the model for ${target}`);
  if (data.size > 0) files.push({ path: `${target}.data`, content: data });
  if (!externalData && original !== undefined) files.push(...copies(read, original, target));
  writeFiles([...files, { path: target, content: model }]);
}

const KEEP: WeightPlacement = { existing: 'keep' };

function intoDataFile(data: Rope, location: string): WeightPlacement {
  return {
    existing: 'inline',
    external(size, bytes) {
      if (size < EXTERNAL_FROM) return undefined;
      const gap = (ALIGNMENT - (data.size % ALIGNMENT)) % ALIGNMENT;
      const offset = data.push(new Uint8Array(gap)).size;
      data.push(bytes);
      return { location, offset, length: size };
    },
  };
}

interface ExternalFile {
  readonly location: string;
  readonly path: string;
}

/** The weight files that the model points to, by name, each once. @throws MarnetError 'external-data' */
export function externalFilesOf(file: OnnxFile, original: string): ExternalFile[] {
  const found = [...file.external.named].map(([location, tensor]) => {
    file.external.resolve(tensor, location);
    return { location, path: path.resolve(path.dirname(original), location) };
  });
  return found.sort((a, b) => (a.location < b.location ? -1 : 1));
}

function copies(read: readonly ExternalFile[], original: string, target: string): FileToWrite[] {
  const folder = path.dirname(target);
  if (samePath(path.dirname(original), folder)) return [];
  return read.flatMap(({ location, path: from }) => {
    const to = path.resolve(folder, location);
    const source = fileSource(from);
    if (existsSync(to)) {
      if (sameContent(source, fileSource(to))) return [];
      throw new MarnetError(
        'output',
        `the model keeps weights in "${location}", but ${folder} has another file of that name`,
        { hint: 'Choose another folder, or write with external data (--external-data).' },
      );
    }
    mkdirSync(path.dirname(to), { recursive: true });
    return [{ path: to, content: rangeOf(source, 0, source.size) }];
  });
}

function sameContent(a: ByteSource, b: ByteSource): boolean {
  if (a.size !== b.size) return false;
  const step = 8 * 1024 * 1024;
  for (let at = 0; at < a.size; at += step)
    if (Buffer.compare(a.bytes(at, step), b.bytes(at, step)) !== 0) return false;
  return true;
}

function samePath(a: string, b: string): boolean {
  const real = (p: string): string => (existsSync(p) ? realpathSync(p) : path.resolve(p));
  return real(a) === real(b);
}

function refuseFolder(target: string): void {
  if (existsSync(target) && statSync(target).isDirectory())
    throw new MarnetError('output', `cannot write ${target}: it is a folder`, {
      hint: 'Give the path of a file.',
    });
}
