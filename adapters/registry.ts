import { MarnetError } from '../core/errors.ts';
import type { Graph } from '../core/graph/index.ts';
import {
  type Adapter,
  type BackboneAdapter,
  type FormatWriter,
  type Importer,
  isImporter,
} from './adapter.ts';

const adapters: Adapter[] = [];

/**
 * Makes an adapter known to this process. Of several that fit a model, the one registered first is used.
 * @throws MarnetError 'usage' when the adapter lacks a member, or another one has its name.
 */
export function registerAdapter(adapter: Adapter): void {
  const missing = missingMembers(adapter);
  if (missing.length > 0)
    throw new MarnetError('usage', `the adapter ${quoted(adapter)} lacks ${missing.join(', ')}`, {
      hint: 'A backbone adapter has name, matches and features; an importer has name, recognises and load.',
    });
  if (adapters.some((known) => known.name === adapter.name))
    throw new MarnetError('usage', `an adapter named "${adapter.name}" is registered already`, {
      hint: 'Give the new one another name, or take the first away with unregisterAdapter.',
    });
  adapters.push(adapter);
}

/** @returns whether there was one of that name. */
export function unregisterAdapter(name: string): boolean {
  const index = adapters.findIndex((adapter) => adapter.name === name);
  if (index >= 0) adapters.splice(index, 1);
  return index >= 0;
}

export function registeredAdapters(): readonly Adapter[] {
  return [...adapters];
}

export function importerFor(head: Uint8Array, path: string | undefined): Importer | undefined {
  return adapters.filter(isImporter).find((importer) => importer.recognises(head, path));
}

/** How a format of this name is written; undefined where nobody can. */
export function writerFor(format: string): FormatWriter | undefined {
  return adapters.filter(isImporter).find((importer) => importer.name === format)?.writer;
}

/** Names of the formats that a merged model can be written in. */
export function writtenFormats(): readonly string[] {
  return ['onnx', ...adapters.filter(isImporter).flatMap(({ name, writer }) => (writer ? [name] : []))];
}

export function backboneAdapterFor(graph: Graph): BackboneAdapter | undefined {
  return adapters.find((a): a is BackboneAdapter => !isImporter(a) && a.matches(graph));
}

/** What a caller without type checks may have left out. */
function missingMembers(adapter: unknown): string[] {
  const members = (adapter ?? {}) as Readonly<Record<string, unknown>>;
  const functions =
    'load' in members || 'recognises' in members ? ['recognises', 'load'] : ['matches', 'features'];
  const missing = functions.filter((name) => typeof members[name] !== 'function');
  return typeof members.name === 'string' && members.name !== '' ? missing : ['name', ...missing];
}

function quoted(adapter: unknown): string {
  const { name } = (adapter ?? {}) as { name?: unknown };
  return typeof name === 'string' ? `"${name}"` : 'given';
}
