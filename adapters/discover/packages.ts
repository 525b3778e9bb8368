/** Packages whose package.json has the keyword `marnet-wrap-adapter`, in the nearest node_modules from a folder up. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

export const KEYWORD = 'marnet-wrap-adapter';

export interface AdapterPackage {
  /** 'name@version'. */
  readonly id: string;
  /** The file that its main entry is; undefined where it has none. */
  readonly entry: string | undefined;
}

export function adapterPackages(folder: string): AdapterPackage[] {
  const modules = nearestModules(folder);
  if (modules === undefined) return [];
  const folders = readdirSync(modules).flatMap((name) => {
    if (name.startsWith('.')) return [];
    const at = path.join(modules, name);
    return name.startsWith('@') ? readdirSync(at).map((inner) => path.join(at, inner)) : [at];
  });
  return folders.flatMap((each) => adapterPackage(each) ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function adapterPackage(folder: string): AdapterPackage | undefined {
  const file = path.join(folder, 'package.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined; // a file beside the packages
  }
  // Most packages are no adapters: their JSON need not be parsed.
  if (!text.includes(KEYWORD)) return undefined;
  const manifest = JSON.parse(text) as { name: string; version?: string; keywords?: unknown };
  if (!Array.isArray(manifest.keywords) || !manifest.keywords.includes(KEYWORD)) return undefined;
  return { id: `${manifest.name}@${manifest.version ?? '?'}`, entry: entryOf(folder, manifest.name) };
}

/** By `exports` or `main`, as an import of the package from beside it would find it. */
function entryOf(folder: string, name: string): string | undefined {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    exports?: unknown;
    main?: unknown;
    module?: unknown;
  };
  const target = importTarget(manifest.exports) ?? manifest.module ?? manifest.main;
  if (typeof target === 'string') {
    const file = path.join(folder, target);
    return existsSync(file) ? file : undefined;
  }
  try {
    return createRequire(path.join(folder, 'package.json')).resolve(name);
  } catch {
    return ['index.ts', 'index.mjs', 'index.js']
      .map((each) => path.join(folder, each))
      .find((file) => existsSync(file));
  }
}

/** What `exports` gives for '.' to an import in Node. */
function importTarget(exports_: unknown): string | undefined {
  if (typeof exports_ === 'string') return exports_;
  if (exports_ === null || typeof exports_ !== 'object' || Array.isArray(exports_)) return undefined;
  const conditions = exports_ as Readonly<Record<string, unknown>>;
  for (const key of ['.', 'node', 'import', 'default'])
    if (key in conditions) return importTarget(conditions[key]);
  return undefined;
}

function nearestModules(folder: string): string | undefined {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const found = path.join(at, 'node_modules');
    if (existsSync(found)) return found;
    if (at === path.dirname(at)) return undefined;
  }
}
