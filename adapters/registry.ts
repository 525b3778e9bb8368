import { MarnetError } from '../core/errors.ts';
import { addGradientRules } from '../core/grad/index.ts';
import type { Graph } from '../core/graph/index.ts';
import {
  type Adapter,
  type BackboneAdapter,
  type FormatWriter,
  type Importer,
  isBackbone,
  isImporter,
  type ModelFacts,
  SUPPLIES,
  type TfjsTranslations,
} from './adapter.ts';
import { chosenAdapter } from './choice.ts';

/** Where the adapters that come with this project are from. */
export const BUILT_IN = 'built in';
const BY_PROGRAM = 'registered by the program';

/** An adapter and where it is from: 'built in', a file, a package. */
export interface Registered<T extends Adapter = Adapter> {
  readonly adapter: T;
  readonly origin: string;
}

interface Entry extends Registered {
  /** Takes its gradient rules away. */
  readonly release: () => void;
}

const entries: Entry[] = [];

/**
 * Makes an adapter known to this process. Of several that fit a model, the most specific one is used; see
 * `BackboneAdapter.specificity`.
 * @param origin where it is from, for messages.
 * @throws MarnetError 'usage' when the adapter lacks a member, another one has its name, or one of its gradient rules is
 * for an op that has one.
 */
export function registerAdapter(adapter: Adapter, origin = BY_PROGRAM): void {
  const missing = missingMembers(adapter);
  if (missing.length > 0)
    throw new MarnetError('usage', `the adapter ${quoted(adapter)} lacks ${missing.join(', ')}`, {
      hint: 'A backbone adapter has name, matches and features, or another thing to supply; an importer has name, recognises and load.',
    });
  const known = entries.find((entry) => entry.adapter.name === adapter.name);
  if (known)
    throw new MarnetError(
      'usage',
      `an adapter named "${adapter.name}" is registered already (${known.origin})`,
      { hint: 'Give the new one another name, or take the first away with unregisterAdapter.' },
    );
  const rules = isImporter(adapter) ? [] : (adapter.gradientRules ?? []);
  entries.push({ adapter, origin, release: addGradientRules(rules, `adapter "${adapter.name}"`) });
}

/** @returns whether there was one of that name. */
export function unregisterAdapter(name: string): boolean {
  const index = entries.findIndex(({ adapter }) => adapter.name === name);
  if (index >= 0) for (const entry of entries.splice(index, 1)) entry.release();
  return index >= 0;
}

export function registeredAdapters(): readonly Adapter[] {
  return entries.map(({ adapter }) => adapter);
}

/** All of them with their origins, in the order of registration. */
export function registrations(): readonly Registered[] {
  return entries;
}

/** Those that recognise models. */
export function backboneRegistrations(): readonly Registered<BackboneAdapter>[] {
  return entries.filter((entry): entry is Entry & Registered<BackboneAdapter> => isBackbone(entry.adapter));
}

export function importerFor(head: Uint8Array, path: string | undefined): Importer | undefined {
  const fitting = entries.filter(({ adapter }) => isImporter(adapter) && adapter.recognises(head, path));
  const chosen = fitting.find(({ origin }) => origin !== BUILT_IN) ?? fitting[0];
  return chosen?.adapter as Importer | undefined;
}

/** How a format of this name is written; undefined where nobody can. */
export function writerFor(format: string): FormatWriter | undefined {
  return importers().find((importer) => importer.name === format)?.writer;
}

/** Names of the formats that a merged model can be written in. */
export function writtenFormats(): readonly string[] {
  return ['onnx', ...importers().flatMap(({ name, writer }) => (writer ? [name] : []))];
}

/** What adapters translate of TensorFlow.js models; of two for one op, the one registered last. */
export function tfjsTranslations(): TfjsTranslations {
  const given = entries.flatMap(({ adapter }) => ('tfjs' in adapter && adapter.tfjs ? [adapter.tfjs] : []));
  return {
    ops: Object.assign({}, ...given.map(({ ops }) => ops)),
    layers: Object.assign({}, ...given.map(({ layers }) => layers)),
  };
}

/** The adapter that is used for the model. @throws MarnetError 'adapter' when one throws, naming it. */
export function backboneAdapterFor(graph: Graph, facts?: ModelFacts): BackboneAdapter | undefined {
  return chosenAdapter(backboneRegistrations(), graph, facts)?.adapter;
}

function importers(): Importer[] {
  return registeredAdapters().filter(isImporter);
}

/** What a caller without type checks may have left out. */
function missingMembers(adapter: unknown): string[] {
  const members = (adapter ?? {}) as Readonly<Record<string, unknown>>;
  const lacks = (name: string): boolean => typeof members[name] !== 'function';
  const supplies = SUPPLIES.some((name) => members[name] !== undefined);
  const extends_ = !('matches' in members) && (members.gradientRules ?? members.tfjs) !== undefined;
  const missing =
    'load' in members || 'recognises' in members
      ? ['recognises', 'load'].filter(lacks)
      : extends_
        ? []
        : [...['matches'].filter(lacks), ...(supplies ? [] : ['features'])];
  return typeof members.name === 'string' && members.name !== '' ? missing : ['name', ...missing];
}

function quoted(adapter: unknown): string {
  const { name } = (adapter ?? {}) as { name?: unknown };
  return typeof name === 'string' ? `"${name}"` : 'given';
}
