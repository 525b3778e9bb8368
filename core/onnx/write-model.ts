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
  /** Keep weights of 1 KB and more in `<path>.data`: all, or those that are in no other file yet. */
  readonly externalData?: boolean | 'inside';
  /** Take weights inside from files that hold weights of the file which the graph has no more. */
  readonly undoExternalData?: boolean;
}

/** Smaller tensors stay in the model: an entry in another file would take as much. */
const EXTERNAL_FROM = 1024;
/** Tensors start at multiples of this, so that a runtime can map the file. */
const ALIGNMENT = 64;

/**
 * Writes an edited file, as `encodeEdited` has it, to `target`; the original's path is needed to protect it.
 * Weights that the original keeps in external files stay there when `target` is in the same folder; elsewhere those
 * files are copied beside it under their names, so the result is loadable and its records are the original's; a file
 * of which the graph has no weight any more is left out. With `externalData` all weights, or those that are inside, go
 * into `<target>.data` instead; where one of those files is called so, into `<target>.2.data`.
 * @throws MarnetError 'output' when the path cannot be written, is the original's, or would replace a weight file.
 */
export function writeEdited(
  file: OnnxFile,
  original: string | undefined,
  graph: Graph,
  target: string,
  { externalData = false, undoExternalData = false, ...edit }: WriteModelOptions = {},
): void {
  refuseFolder(target);
  const read = original === undefined ? [] : externalFilesOf(file, original);
  const undone = undoExternalData ? filesWithLost(file, graph) : new Set<string>();
  const gone = externalData === true ? read.map((r) => r.location) : [...undone, ...unusedFiles(file, graph)];
  const kept = read.filter((r) => !gone.includes(r.location));
  const dataFile = nameOfDataFile(target, kept);
  const written = externalData ? [target, path.join(path.dirname(target), dataFile)] : [target];
  for (const own of [original, ...read.map((r) => r.path)])
    for (const output of written)
      if (own !== undefined && samePath(own, output))
        throw new MarnetError('output', `${output} is a file of the model that is being read`, {
          hint: 'Choose another output path: the original is never overwritten.',
        });

  const files: FileToWrite[] = [];
  const data = new Rope();
  const weights: WeightPlacement = {
    existing: externalData === true ? 'inline' : 'keep',
    undone,
    ...(externalData ? { external: intoDataFile(data, dataFile) } : {}),
  };
  const model = editedModel(file, graph, weights, edit);
  requireOneMessage(model.size, `the model for ${target}`);
  if (data.size > 0) files.push({ path: written[1]!, content: data });
  if (original !== undefined) files.push(...copies(kept, original, target));
  writeFiles([...files, { path: target, content: model }]);
}

function intoDataFile(data: Rope, location: string): NonNullable<WeightPlacement['external']> {
  return (size, bytes) => {
    if (size < EXTERNAL_FROM) return undefined;
    const gap = (ALIGNMENT - (data.size % ALIGNMENT)) % ALIGNMENT;
    const offset = data.push(new Uint8Array(gap)).size;
    data.push(bytes);
    return { location, offset, length: size };
  };
}

/** '<target>.data', or '<target>.2.data' and so on where files that go along have these names. */
function nameOfDataFile(target: string, beside: readonly ExternalFile[]): string {
  const name = path.basename(target);
  const taken = new Set(beside.map(({ location }) => path.normalize(location)));
  let data = `${name}.data`;
  for (let i = 2; taken.has(data); i++) data = `${name}.${i}.data`;
  return data;
}

/** Whether a file of this name is one that `writeEdited` may have written for the model with its weights. */
export function isDataFileOf(model: string, file: string): boolean {
  return file.startsWith(`${model}.`) && /^(\d+\.)?data$/.test(file.slice(model.length + 1));
}

interface ExternalFile {
  readonly location: string;
  readonly path: string;
}

/** The weight files that the model points to, by name, each once. @throws MarnetError 'external-data' */
export function externalFilesOf(file: OnnxFile, original: string): ExternalFile[] {
  const found = [...file.external.named].map(([location, [tensor]]) => {
    file.external.resolve(tensor!, location);
    return { location, path: path.resolve(path.dirname(original), location) };
  });
  return found.sort((a, b) => (a.location < b.location ? -1 : 1));
}

/** Initializers in other files, by the file: those that the graph still has as they are, and whether it lost others. */
function initializersElsewhere(
  file: OnnxFile,
  graph: Graph,
): Map<string, { readonly names: Set<string>; kept: number; lost: number }> {
  const origins = new Set([...graph.constants.values()].map((constant) => constant.origin));
  const found = new Map<string, { readonly names: Set<string>; kept: number; lost: number }>();
  for (const [record, { name, external }] of file.tensors) {
    if (!external) continue;
    const of = found.get(external.location) ?? { names: new Set<string>(), kept: 0, lost: 0 };
    found.set(external.location, of);
    of.names.add(name);
    if (origins.has(record)) of.kept++;
    else of.lost++;
  }
  return found;
}

/** Locations of files that hold weights which the graph has no more. */
function filesWithLost(file: OnnxFile, graph: Graph): Set<string> {
  const found = [...initializersElsewhere(file, graph)];
  return new Set(found.flatMap(([location, { lost }]) => (lost > 0 ? [location] : [])));
}

/** Locations of files that hold nothing but weights which the graph has no more. */
function unusedFiles(file: OnnxFile, graph: Graph): string[] {
  const found = [...initializersElsewhere(file, graph)];
  // What is no initializer (a Constant node's tensor, one in a body) may still be there.
  const onlyInitializers = (location: string, names: ReadonlySet<string>): boolean =>
    [...file.external.named.get(location)!].every((name) => names.has(name));
  return found.flatMap(([location, { names, kept }]) =>
    kept === 0 && onlyInitializers(location, names) ? [location] : [],
  );
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
        { hint: 'Choose another folder.' },
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
