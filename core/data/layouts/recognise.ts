/** Which layout a folder has: the first that fits. */
import { readdir } from 'node:fs/promises';
import { listFolder, unreadable } from '../files.ts';
import { classFolders } from './class-folders.ts';
import { ingredient101 } from './ingredient-101.ts';
import {
  type DataFolder,
  dataError,
  firstFew,
  type Layout,
  type LayoutOptions,
  type Reading,
} from './layout.ts';
import { metadataFiles } from './metadata.ts';
import { readOneTable, tables } from './tables.ts';
import { vireoFood172 } from './vireo-food172.ts';

/** The surest first: a benchmark's own files, a table that everyone names alike, any table, folders alone. */
const LAYOUTS: readonly Layout[] = [vireoFood172, ingredient101, metadataFiles, tables, classFolders];

/**
 * @param root absolute path of the folder.
 * @param table a table in it, where the user pointed at that.
 * @throws MarnetError 'data' naming what was expected.
 */
export async function readLayout(
  root: string,
  table: string | undefined,
  options: LayoutOptions,
): Promise<Reading> {
  const folder = await openFolder(root, options);
  if (table !== undefined) return readOneTable(folder, table);
  for (const layout of LAYOUTS) {
    const reading = await layout(folder);
    if (reading) return reading;
  }
  const { others } = await folder.listing();
  throw dataError(
    `${JSON.stringify(root)} holds no images${others.length > 0 ? ` (only ${firstFew(others)})` : ': it is empty'}`,
    'Give a folder with one folder of images a class, or with images and a metadata.csv.',
  );
}

async function openFolder(root: string, options: LayoutOptions): Promise<DataFolder> {
  let listing: ReturnType<typeof listFolder> | undefined;
  const names = await readdir(root).catch((cause) => {
    throw unreadable(root, cause);
  });
  return {
    root,
    names: names.filter((name) => !name.startsWith('.')).sort(),
    options,
    listing() {
      listing ??= listFolder(root);
      return listing;
    },
  };
}
