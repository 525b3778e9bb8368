/** What documents tell to install, beside what package.json asks for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './markdown.ts';

type Names = Readonly<Record<string, string>>;

export const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly name: string;
  readonly scripts: Names;
  readonly bin: Names;
  readonly dependencies: Names;
  readonly peerDependencies: Names;
  readonly devDependencies: Names;
};

/** What is asked for of a package: '^4.22.0'; undefined for one that this project does not use. */
function rangeOf(name: string): string | undefined {
  return MANIFEST.peerDependencies[name] ?? MANIFEST.dependencies[name] ?? MANIFEST.devDependencies[name];
}

/** @param word a package as npm takes it: 'sharp', '@tensorflow/tfjs-core@4'. @returns what is wrong with it. */
export function wrongPackage(word: string): string[] {
  const [, name = '', version] = /^(@?[^@]+)(?:@(.+))?$/.exec(word) ?? [];
  const range = rangeOf(name);
  if (range === undefined) return [`package.json does not name ${name}`];
  return version === undefined || takes(range, version) ? [] : [`package.json asks for ${name} ${range}`];
}

/**
 * Whether a range, '^4.22.0' or '4.22.0', takes what npm installs for a version, '4.22.0' or '4' (the newest that begins so).
 */
export function takes(range: string, version: string): boolean {
  const least = partsOf(range.replace('^', ''));
  const wanted = least.map((_, i) => partsOf(version)[i] ?? Number.POSITIVE_INFINITY);
  const fixed = range.startsWith('^') ? least.findIndex((part) => part > 0) + 1 : least.length;
  const differs = least.findIndex((part, i) => part !== wanted[i]);
  return differs < 0 || (differs >= fixed && wanted[differs]! > least[differs]!);
}

const partsOf = (version: string): number[] => version.split('.').map(Number);
