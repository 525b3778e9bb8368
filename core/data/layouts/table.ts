/**
 * The rules that metadata.csv and metadata.jsonl share. Columns: `file_name` (relative to the folder), `label`, `text` and
 * `split` (both may be absent). A column of another name is an error, as it is most likely a mistyped one, unless it is a
 * usual companion (an id, a size, a source) or begins with an underscore; those are passed over with a notice.
 */
import { access } from 'node:fs/promises';
import { isAbsolute, join, posix, relative } from 'node:path';
import {
  dataError,
  didYouMean,
  firstFew,
  type LabelledFile,
  plural,
  type Reading,
  SPLIT_WORDS,
  splitNamed,
} from './layout.ts';

export const COLUMNS = ['file_name', 'label', 'text', 'split'] as const;
type Column = (typeof COLUMNS)[number];

const COMPANIONS =
  /^(|_.*|unnamed: \d+|id|idx|index|no|width|height|size|bytes|source|url|licen[cs]e|author|credit|date|created_at|md5|sha1|sha256|hash|notes?|comments?)$/;

/** One row, its cells by the table's own column names; null and absent cells are missing. */
export interface TableRow {
  readonly line: number;
  readonly cells: ReadonlyMap<string, string>;
}

export interface Table {
  /** Base name of the file, for messages. */
  readonly name: string;
  /** Every column that occurs, with the line where it first does. */
  readonly columns: ReadonlyMap<string, number>;
  readonly rows: readonly TableRow[];
}

/** @throws MarnetError 'data' that names the table, the line and what was expected. */
export async function readTable(root: string, table: Table): Promise<Reading> {
  const { name } = table;
  const passedOver = checkColumns(table);
  if (table.rows.length === 0)
    throw dataError(`${name} has no rows`, `Add one row an image: ${COLUMNS.join(', ')}.`);
  const lines = new Map<string, number>();
  const files: LabelledFile[] = [];
  let unsplit = 0;
  for (const { line, cells } of table.rows) {
    const cell = (column: Column) => cells.get(column)?.trim() || undefined;
    const needed = (column: Column) => {
      const value = cell(column);
      if (value === undefined)
        throw dataError(`${name} line ${line}: ${column} is empty`, 'Fill it in, or remove the row.');
      return value;
    };
    const id = idOf(root, needed('file_name'));
    const before = lines.get(id);
    if (before !== undefined)
      throw dataError(
        `${name} line ${line}: file_name ${JSON.stringify(id)} is there a second time (first in line ${before})`,
        'Each image may have one row. To give it several texts, join them in one.',
      );
    lines.set(id, line);
    const label = needed('label');
    const split = readSplit(cell('split'), name, line);
    if (split === undefined) unsplit++;
    files.push({ id, label, text: cell('text'), split });
  }
  const absent = await absentFiles(root, [...lines.keys()]);
  const missing = absent.map((id) => `${JSON.stringify(id)} (line ${lines.get(id)})`);
  if (missing.length > 0)
    throw dataError(
      `${name} names ${plural(missing.length, 'file')} that ${missing.length === 1 ? 'does' : 'do'} not exist: ${firstFew(missing)}`,
      `Paths in file_name are relative to ${JSON.stringify(root)}.`,
    );
  const notices: string[] = [];
  if (passedOver.length > 0)
    notices.push(`${name}: ${plural(passedOver.length, 'column')} passed over: ${passedOver.join(', ')}`);
  if (unsplit > 0 && unsplit < files.length)
    notices.push(`${name}: ${plural(unsplit, 'row')} without a split, taken as train`);
  const complete =
    unsplit === files.length
      ? files
      : files.map((file) => ({ ...file, split: file.split ?? ('train' as const) }));
  return { layout: `images listed in ${name}`, files: complete, notices, leftOut: [] };
}

/** @returns the columns that are passed over. */
function checkColumns(table: Table): string[] {
  const { name, columns } = table;
  const present = [...columns.keys()];
  const unknown = present.filter((column) => !(COLUMNS as readonly string[]).includes(column));
  const list = present.map((column) => JSON.stringify(column)).join(', ');
  for (const column of ['file_name', 'label'] as const)
    if (!columns.has(column))
      throw dataError(
        `${name} has no column ${JSON.stringify(column)}; it has ${list || 'none'}`,
        `Name the columns ${COLUMNS.join(', ')}; text and split may be absent.`,
      );
  const wrong = unknown.find((column) => !COMPANIONS.test(column));
  if (wrong !== undefined)
    throw dataError(
      `${name} line ${columns.get(wrong)}: unknown column ${JSON.stringify(wrong)}${didYouMean(wrong, COLUMNS)}`,
      `Columns are ${COLUMNS.join(', ')}. Remove the column, or put an underscore before its name to have it passed over.`,
    );
  return unknown.map((column) => JSON.stringify(column));
}

function readSplit(value: string | undefined, name: string, line: number) {
  if (value === undefined) return undefined;
  const split = splitNamed(value);
  if (split) return split;
  throw dataError(
    `${name} line ${line}: unknown split ${JSON.stringify(value)}${didYouMean(value.toLowerCase(), SPLIT_WORDS)}`,
    `Splits are ${SPLIT_WORDS.join(', ')}.`,
  );
}

/** Windows separators and a leading ./ or / are read as what they mean. */
function idOf(root: string, fileName: string): string {
  const inside = isAbsolute(fileName) ? relative(root, fileName) : undefined;
  const path = inside !== undefined && !inside.startsWith('..') ? inside : fileName;
  return posix.normalize(path.replaceAll('\\', '/')).replace(/^\/+/, '');
}

/** How many files are looked up at a time: enough to keep a slow disk busy. */
const LOOKUPS = 64;

async function absentFiles(root: string, ids: readonly string[]): Promise<string[]> {
  const absent: string[] = [];
  for (let i = 0; i < ids.length; i += LOOKUPS) {
    const group = ids.slice(i, i + LOOKUPS);
    const there = await Promise.all(
      group.map((id) =>
        access(join(root, id)).then(
          () => true,
          () => false,
        ),
      ),
    );
    absent.push(...group.filter((_, k) => !there[k]));
  }
  return absent;
}

/** Column names are compared without case and surrounding space. */
export function columnName(text: string): string {
  return text.trim().toLowerCase();
}
