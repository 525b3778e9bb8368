/**
 * The rules that all tables share: metadata.csv and metadata.jsonl, whose columns are `file_name` (relative to the table),
 * `label`, `text` and `split`, and tables of other names, whose columns are inferred. In a metadata file a column of
 * another name is an error, as it is most likely a mistyped one, unless it is a usual companion (an id, a size, a source)
 * or begins with an underscore; those are passed over with a notice.
 */
import { join } from 'node:path';
import type { Split } from '../sample.ts';
import { cellText, shown } from './cells.ts';
import { type Columns, inferColumns, isCompanion, undecided } from './columns.ts';
import { findFiles } from './find-files.ts';
import {
  type DataFolder,
  dataError,
  didYouMean,
  firstFew,
  type LabelledFile,
  plural,
  type Reading,
  SPLIT_WORDS,
  splitNamed,
} from './layout.ts';
import { PathIndex, plainPath } from './path-index.ts';
import type { Table, TableRow } from './table-rows.ts';

export const COLUMNS = ['file_name', 'label', 'text', 'split'] as const;

export interface TablePlace {
  /** Folder below the root that file names are relative to: '' or 'train/'. */
  readonly base: string;
  /** The split of all rows, where the table's name or place says it. */
  readonly split: Split | undefined;
  /** A metadata file, with the columns above and no others. */
  readonly strict: boolean;
}

/** @throws MarnetError 'data' that names the table, the line and what was expected. */
export async function readTable(folder: DataFolder, table: Table, place: TablePlace): Promise<Reading> {
  const { name, unit } = table;
  const { root, options } = folder;
  const index = once(async () => new PathIndex((await folder.listing()).images));
  const named = options.columns ?? {};
  const strict = place.strict && Object.keys(named).length === 0;
  const { of, passedOver, inferred }: Columns = strict
    ? strictColumns(table)
    : await inferColumns(table, named, index);
  if (table.rows.length === 0)
    throw dataError(`${name} has no rows`, `Add one row an image: ${COLUMNS.join(', ')}.`);

  const at = (row: TableRow) => `${name} ${unit} ${row.line}`;
  const cell = (row: TableRow, column: string | undefined, lists = false) => {
    const value = column === undefined ? undefined : row.cells.get(column);
    const text = cellText(value, lists);
    if (text !== null) return text;
    throw dataError(
      `${at(row)}: ${column} is ${shown(value)}`,
      lists ? 'It must be a string or a list of strings.' : 'It must be a string.',
    );
  };
  const needed = (row: TableRow, column: string) => {
    const value = cell(row, column);
    if (value !== undefined) return value;
    throw dataError(`${at(row)}: ${column} is empty`, 'Fill it in, or remove the row.');
  };

  const written = table.rows.map((row) => (row.image === undefined ? needed(row, of.path!) : undefined));
  const found = await findFiles(root, place.base, written, strict ? undefined : index);
  const lines = new Map<string, number>();
  const missing: string[] = [];
  const files: LabelledFile[] = [];
  for (const [i, row] of table.rows.entries()) {
    const id = found[i] ?? (row.image === undefined ? undefined : `${name}#${row.line}`);
    if (id === undefined) {
      missing.push(`${JSON.stringify(plainPath(written[i]!))} (${unit} ${row.line})`);
      continue;
    }
    const before = lines.get(id);
    if (before !== undefined)
      throw dataError(
        `${at(row)}: ${of.path} ${JSON.stringify(id)} is there a second time (first in ${unit} ${before})`,
        'Each image may have one row. To give it several texts, join them in one.',
      );
    lines.set(id, row.line);
    files.push({
      id,
      ...(row.image === undefined ? {} : { file: row.image }),
      label: of.label === undefined ? folderOf(id, place.base) : needed(row, of.label),
      text: cell(row, of.text, true),
      split: readSplit(cell(row, of.split), at(row)) ?? place.split,
    });
  }
  if (missing.length > 0)
    throw dataError(
      `${name} names ${plural(missing.length, 'file')} that ${missing.length === 1 ? 'does' : 'do'} not exist: ${firstFew(missing)}`,
      `Paths in ${of.path} are relative to ${JSON.stringify(join(root, place.base))}.`,
    );
  if (of.label === undefined && !strict && new Set(files.map((file) => file.label)).size < 2)
    throw undecided(table, 'label', 'the label');

  const unsplit = files.filter((file) => file.split === undefined).length;
  const notices = [...(table.notices ?? []), ...inferred.map((text) => `${name}: ${text}`)];
  if (of.label === undefined) notices.push(`${name} has no labels: the folders of the images are taken`);
  if (passedOver.length > 0)
    notices.push(`${name}: ${plural(passedOver.length, 'column')} passed over: ${passedOver.join(', ')}`);
  if (unsplit > 0 && unsplit < files.length)
    notices.push(`${name}: ${plural(unsplit, 'row')} without a split, taken as train`);
  const why = Object.entries(of).map(([role, column]) => `${role} in ${JSON.stringify(column)}`);
  return {
    layout: `images ${table.images === undefined ? 'listed' : 'held'} in ${name}`,
    why: `${name}: ${why.join(', ')}`,
    files:
      unsplit === files.length ? files : files.map((file) => ({ ...file, split: file.split ?? 'train' })),
    notices,
    leftOut: [],
  };
}

/** The columns of a metadata file, by their own names. */
function strictColumns(table: Table): Columns {
  const { name, columns } = table;
  const present = [...columns.keys()];
  const unknown = present.filter((column) => !(COLUMNS as readonly string[]).includes(column));
  if (!columns.has('file_name')) throw noColumn(table, 'file_name');
  const inFolders = table.rows.every(({ cells }) => String(cells.get('file_name') ?? '').includes('/'));
  if (!columns.has('label') && !inFolders) throw noColumn(table, 'label');
  const wrong = unknown.find((column) => !isCompanion(column));
  if (wrong !== undefined)
    throw dataError(
      `${name} line ${columns.get(wrong)}: unknown column ${JSON.stringify(wrong)}${didYouMean(wrong, COLUMNS)}`,
      `Columns are ${COLUMNS.join(', ')}. Remove the column, put an underscore before its name to have it passed over, or name the columns with --columns.`,
    );
  const own = (column: string) => (columns.has(column) ? column : undefined);
  const of = { path: 'file_name', label: own('label'), text: own('text'), split: own('split') };
  return {
    of: Object.fromEntries(Object.entries(of).filter(([, column]) => column !== undefined)),
    passedOver: unknown.map((column) => JSON.stringify(column)),
    inferred: [],
  };
}

function noColumn({ name, columns }: Table, column: string) {
  const list = [...columns.keys()].map((each) => JSON.stringify(each)).join(', ');
  return dataError(
    `${name} has no column ${JSON.stringify(column)}; it has ${list || 'none'}`,
    `Name the columns ${COLUMNS.join(', ')}; text and split may be absent. Or say what the columns are: --columns path=NAME,label=NAME.`,
  );
}

function readSplit(value: string | undefined, where: string): Split | undefined {
  if (value === undefined) return undefined;
  const split = splitNamed(value);
  if (split) return split;
  throw dataError(
    `${where}: unknown split ${JSON.stringify(value)}${didYouMean(value.toLowerCase(), SPLIT_WORDS)}`,
    `Splits are ${SPLIT_WORDS.join(', ')}.`,
  );
}

/** The folder that an image lies in, below the table's own; '' for none. */
function folderOf(id: string, base: string): string {
  return (id.startsWith(base) ? id.slice(base.length) : id).split('/').slice(0, -1).join('/');
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
