/** Adapters from files, from the configuration and from installed packages. */
import path from 'node:path';
import { MarnetError } from '../../core/errors.ts';
import type { Adapter } from '../adapter.ts';
import { registerAdapter, unregisterAdapter } from '../registry.ts';
import { findConfig } from './config.ts';
import { defaultExportOf, type OwnModules } from './modules.ts';
import { adapterPackages, KEYWORD } from './packages.ts';

export type { OwnModules } from './modules.ts';

export interface Discovery {
  /** Files of adapters that were named, in order. */
  readonly files: readonly string[];
  /** Where the configuration and node_modules are looked for. */
  readonly folder: string;
  readonly own: OwnModules;
}

export interface Discovered {
  /** Names by where they are from, in the order of registration. */
  readonly found: readonly { readonly origin: string; readonly names: readonly string[] }[];
  /** Takes them away again. */
  release(): void;
}

/**
 * Registers what is found: files first, then the configuration's, then packages. Where one cannot be had, none stays.
 * @throws MarnetError 'usage', 'adapter', naming the file or the package.
 */
export async function discoverAdapters({ files, folder, own }: Discovery): Promise<Discovered> {
  const found: { origin: string; names: string[] }[] = [];
  const release = (): void => {
    for (const { names } of found.splice(0)) for (const name of names) unregisterAdapter(name);
  };
  const register = (origin: string, exported: unknown): void => {
    const entry = { origin, names: [] as string[] };
    found.push(entry);
    for (const adapter of (Array.isArray(exported) ? exported : [exported]) as Adapter[]) {
      registerAdapter(adapter, origin);
      entry.names.push(adapter.name);
    }
  };
  try {
    for (const file of files) register(file, await defaultExportOf(path.resolve(folder, file), own));
    const config = await findConfig(folder, own);
    for (const each of config?.adapters ?? []) {
      const file = typeof each === 'string' ? path.resolve(path.dirname(config!.file), each) : undefined;
      if (file !== undefined) register(path.relative(folder, file), await defaultExportOf(file, own));
      else register(path.relative(folder, config!.file), each);
    }
    if (config?.packages ?? true)
      for (const { id, entry } of adapterPackages(folder)) {
        if (entry === undefined)
          throw new MarnetError('adapter', `the package ${id} has the keyword ${KEYWORD}, but no entry`, {
            hint: 'Give its package.json an "exports", or take the package away.',
          });
        register(id, await defaultExportOf(entry, own));
      }
    return { found, release };
  } catch (error) {
    release();
    throw error;
  }
}
