/** `--adapter FILE`, and the adapters of the configuration and of installed packages, before a command runs. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type Command, Option } from 'commander';
import type { Io } from '../output/io.ts';

export function adapterOption(): Option {
  return new Option(
    '--adapter <file>',
    'an adapter for the model (.ts or .js), besides those of marnet-wrap.config and of packages; may be repeated',
  )
    .argParser((text: string, before: string[]) => [...before, text])
    .default([], 'none');
}

/**
 * Registers what the command is to know, and says so on standard error.
 * @returns a function that takes it away again.
 */
export async function adaptersOf(io: Io, command: Command): Promise<() => void> {
  const {
    adapter: files,
    json,
    quiet,
  } = command.opts<{
    readonly adapter?: readonly string[];
    readonly json?: boolean;
    readonly quiet?: boolean;
  }>();
  if (files === undefined) return () => {};
  const folder = process.cwd();
  if (files.length === 0 && !mayHaveAdapters(folder)) return () => {};
  const { discoverAdapters } = await import('../../../adapters/discover/index.ts');
  // The built-in ones first: a name that one of them has is taken.
  await import('../../../adapters/load.ts');
  const own = async () => ({ 'marnet-wrap': await import('../../index.ts') });
  const { found, release } = await discoverAdapters({ files, folder, own });
  if (!json && !quiet)
    for (const { origin, names } of found) io.err(`Adapters from ${origin}: ${names.join(', ')}\n`);
  return release;
}

/** Whether there is a configuration or a node_modules to look into, from the folder up. */
function mayHaveAdapters(folder: string): boolean {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    if (existsSync(path.join(at, 'node_modules'))) return true;
    if (existsSync(at) && readdirSync(at).some((name) => name.startsWith('marnet-wrap.config.'))) return true;
    if (at === path.dirname(at)) return false;
  }
}
