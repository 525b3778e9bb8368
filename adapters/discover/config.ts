/** `marnet-wrap.config.ts`, `.js` or `.json`: the nearest one from the working directory up. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { MarnetError } from '../../core/errors.ts';
import { check, object, strictObject, takes } from '../../core/schema/index.ts';
import type { Adapter } from '../adapter.ts';
import { defaultExportOf, type OwnModules } from './modules.ts';

/** What `marnet-wrap.config.ts` exports by default: see `defineConfig`. */
export interface Config {
  /**
   * Adapters to register: as they are, or as paths of files that export them, relative to this file. Left out: none.
   */
  readonly adapters?: readonly (Adapter | string)[];
  /** Whether adapters of installed packages are registered too. Left out: true. */
  readonly packages?: boolean;
}

export interface FoundConfig extends Config {
  readonly file: string;
}

const NAMES = ['ts', 'mts', 'js', 'mjs', 'json'].map((ending) => `marnet-wrap.config.${ending}`);

const adapter = v.union([v.string(), object({})], ({ input }) => takes('a path or an adapter', input));

const schema = strictObject({
  adapters: v.optional(v.array(adapter)),
  packages: v.optional(v.boolean()),
});

/** A configuration as it is given, checked by its type. */
export function defineConfig(config: Config): Config {
  return config;
}

/** @throws MarnetError 'adapter' when the file cannot be run, 'usage' when it holds something else than a configuration. */
export async function findConfig(folder: string, own: OwnModules): Promise<FoundConfig | undefined> {
  const file = nearest(folder);
  if (file === undefined) return undefined;
  const content: unknown = file.endsWith('.json') ? readJson(file) : await defaultExportOf(file, own);
  const checked = check(schema, content);
  if (!checked.success) {
    const [{ path: keys, message }] = checked.problems;
    const where = keys.length > 0 ? ` at ${keys.join('.')}` : '';
    throw new MarnetError('usage', `${file} is no configuration${where}: ${message}`, {
      hint: 'It has "adapters", a list of adapters or of paths, and "packages", true or false.',
    });
  }
  return { ...(content as Config), file };
}

function nearest(folder: string): string | undefined {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const found = NAMES.map((name) => path.join(at, name)).find((file) => existsSync(file));
    if (found !== undefined || at === path.dirname(at)) return found;
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new MarnetError('usage', `${file} is no JSON: ${(cause as Error).message}`, { cause });
  }
}
