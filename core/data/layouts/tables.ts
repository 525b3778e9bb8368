/**
 * Tables of any name: CSV, TSV, JSON Lines or Parquet, in the folder or in its `data/`, as one file, in shards
 * (`train-00000-of-00002.parquet`) or one a split (`train.csv`, `test.csv`). Beside class folders a table counts only where
 * its own column names say that it lists images and their labels; any other is some list that happens to lie there.
 */
import { basename, extname, join } from 'node:path';
import { readText } from '../files.ts';
import type { Split } from '../sample.ts';
import { namesImages } from './columns.ts';
import { parseDelimited } from './delimited.ts';
import { parseJsonLines } from './json-lines.ts';
import { type DataFolder, dataError, firstFew, type Reading, splitNamed } from './layout.ts';
import { mergeReadings } from './merge.ts';
import { readParquet } from './parquet.ts';
import { readTable } from './table.ts';
import type { Table } from './table-rows.ts';

const EXTENSIONS = ['.csv', '.tsv', '.jsonl', '.ndjson', '.parquet'];
/** Tables of other layouts, or of classes. */
const OTHERS = /^(metadata|classes)\./i;

export function isTableName(name: string): boolean {
  return EXTENSIONS.includes(extname(name).toLowerCase());
}

/** One table that the user pointed at. */
export async function readOneTable(folder: DataFolder, name: string): Promise<Reading> {
  const table = await openTable(folder, name);
  return readTable(folder, table, { base: '', split: splitOf(name), strict: /^metadata\./i.test(name) });
}

export async function tables(folder: DataFolder): Promise<Reading | undefined> {
  const { images, others } = await folder.listing();
  const listed = others.filter((path) => /^(data\/)?[^/]+$/.test(path) && isTableName(path));
  const all = listed.filter((path) => !OTHERS.test(basename(path)));
  const inClassFolders = new Set(images.map((id) => id.slice(0, id.lastIndexOf('/') + 1))).size >= 2;
  const committed = !inClassFolders || folder.options.columns !== undefined;
  const chosen = choose(all, committed, folder.root);
  if (chosen.length === 0) return undefined;
  const opened: [string, Table][] = [];
  for (const name of chosen) {
    const table = await openTable(folder, name).catch((error: unknown) => {
      if (committed) throw error;
    });
    if (!table || !(committed || namesImages(table))) return undefined;
    opened.push([name, table]);
  }
  const readings: Reading[] = [];
  for (const [name, table] of opened) {
    const base = name.slice(0, name.lastIndexOf('/') + 1);
    readings.push(await readTable(folder, table, { base, split: splitOf(name), strict: false }));
  }
  return mergeReadings(readings);
}

/** The tables that together are the data: those named after splits, else all shards of one. */
function choose(names: readonly string[], committed: boolean, root: string): readonly string[] {
  const parts = names.filter((name) => splitOf(name) !== undefined);
  const sets = new Map<string, string[]>();
  for (const name of parts.length > 0 ? parts : names) {
    const kind = parts.length > 0 ? extname(name).toLowerCase() : unsharded(name);
    sets.set(kind, [...(sets.get(kind) ?? []), name]);
  }
  const [only, ...others] = sets.values();
  if (others.length === 0) return only ?? [];
  if (!committed) return [];
  throw dataError(
    `${JSON.stringify(root)} has several tables: ${firstFew(names.map((name) => JSON.stringify(name)))}`,
    `Say which one is meant: --data ${join(root, names[0]!)}.`,
  );
}

/** `train` of `train-00000-of-00002.parquet` and `data/train.csv`. */
function splitOf(name: string): Split | undefined {
  const [word] = unsharded(basename(name)).split(/[-_.]/);
  return splitNamed(word!) ?? splitNamed(basename(name, extname(name)));
}

function unsharded(name: string): string {
  return name.replace(/-\d+-of-\d+(?=\.\w+$)/, '');
}

async function openTable(folder: DataFolder, name: string): Promise<Table> {
  const file = join(folder.root, name);
  if (extname(name).toLowerCase() === '.parquet') return readParquet(file, name, folder.options.cacheFolder);
  const text = await readText(file);
  return /\.(csv|tsv)$/i.test(name) ? parseDelimited(text, name) : parseJsonLines(text, name);
}
