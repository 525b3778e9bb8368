/** Files that a table's paths mean. */
import { stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { type PathIndex, plainPath } from './path-index.ts';

/** How many files are looked up at a time: enough to keep a slow disk busy. */
const LOOKUPS = 64;

/**
 * Paths below the root of the files that are meant; undefined for those that are not there.
 * @param index looked into for those that are not where they are said to be.
 */
export async function findFiles(
  root: string,
  base: string,
  written: readonly (string | undefined)[],
  index: (() => Promise<PathIndex>) | undefined,
): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = [];
  const exists = (id: string) =>
    stat(join(root, id)).then(
      (info) => (info.isFile() ? id : undefined),
      () => undefined,
    );
  for (let i = 0; i < written.length; i += LOOKUPS)
    found.push(
      ...(await Promise.all(
        written
          .slice(i, i + LOOKUPS)
          .map((path) => (path === undefined ? undefined : exists(base + insideOf(root, path)))),
      )),
    );
  if (!index || found.every((id, i) => id !== undefined || written[i] === undefined)) return found;
  const images = await index();
  return found.map((id, i) => id ?? (written[i] === undefined ? undefined : images.find(written[i]!)));
}

/** The path below the root, where it is given in full. */
function insideOf(root: string, written: string): string {
  const inside = isAbsolute(written) ? relative(root, written) : undefined;
  return plainPath(inside !== undefined && !inside.startsWith('..') ? inside : written);
}
