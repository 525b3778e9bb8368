/**
 * What a table's columns are for. Named by the user first; then by their own names, which are usual ones; then by what
 * stands in them, where one column alone fits. Whatever was not said by name is told.
 */
import type { MarnetError } from '../../errors.ts';
import { isImageName } from '../files.ts';
import { cellText, isStringList } from './cells.ts';
import { type ColumnNames, dataError, didYouMean, ROLES, type Role, splitNamed } from './layout.ts';
import type { PathIndex } from './path-index.ts';
import { columnName, type Table } from './table-rows.ts';

/** Usual names, the surer ones first. */
const USUAL: Readonly<Record<Role, readonly string[]>> = {
  path: (
    'file_name filename file path filepath file_path image_path img_path image_file image_name image img ' +
    'image_id img_id picture photo'
  ).split(' '),
  label:
    'label labels class class_name classname category category_name label_name target dish species y'.split(
      ' ',
    ),
  text: (
    'text texts caption captions description descriptions tags keywords ingredients ingredient words sentence ' +
    'prompt title'
  ).split(' '),
  split: 'split subset partition set phase'.split(' '),
};

/** Columns that describe the file or the row, and are never a label. */
const COMPANIONS =
  /^(|_.*|unnamed: \d+|id|idx|index|no|width|height|size|bytes|source|url|licen[cs]e|author|credit|date|created_at|md5|sha1|sha256|hash|notes?|comments?)$/;

export function isCompanion(column: string): boolean {
  return COMPANIONS.test(column);
}

/** The column of a usual name for this, the surest first. */
export function usualColumn(role: Role, columns: readonly string[]): string | undefined {
  return USUAL[role].find((name) => columns.includes(name));
}

/** Whether the columns' own names say that the table lists images and their labels. */
export function namesImages({ columns, images }: Table): boolean {
  const has = (role: Role) => usualColumn(role, [...columns.keys()]) !== undefined;
  return (images !== undefined || has('path')) && has('label');
}

export interface Columns {
  readonly of: Readonly<Partial<Record<Role, string>>>;
  /** Those of no use. */
  readonly passedOver: readonly string[];
  /** What was inferred from the content, in words. */
  readonly inferred: readonly string[];
}

/** Rows that are looked at to infer a column; enough to tell, and quick in a large table. */
const LOOKED_AT = 200;

/**
 * @param named the user's own.
 * @param index of the images in the folder, asked for where only files can tell.
 * @throws MarnetError 'data' where a named column is missing, or one that is needed cannot be told.
 */
export async function inferColumns(
  table: Table,
  named: ColumnNames,
  index: () => Promise<PathIndex>,
): Promise<Columns> {
  const of: Partial<Record<Role, string>> = table.images === undefined ? {} : { path: table.images };
  const inferred: string[] = [];
  const present = [...table.columns.keys()];
  for (const role of ROLES) {
    const wish = named[role];
    if (wish === undefined) continue;
    const column = columnName(wish);
    if (!table.columns.has(column))
      throw dataError(
        `${table.name} has no column ${JSON.stringify(wish)}, named for the ${role}${didYouMean(column, present)}`,
        `Its columns are ${list(present)}.`,
      );
    of[role] = column;
  }
  const free = () => present.filter((column) => !Object.values(of).includes(column));
  for (const role of ROLES) {
    const usual = of[role] ?? usualColumn(role, free());
    if (usual !== undefined) of[role] = usual;
  }
  const rows = table.rows.slice(0, LOOKED_AT);
  const values = (column: string) => rows.map(({ cells }) => cells.get(column));
  const take = (role: Role, candidates: readonly string[], because: string) => {
    if (of[role] !== undefined || candidates.length !== 1) return;
    of[role] = candidates[0]!;
    inferred.push(`${role} is column ${JSON.stringify(candidates[0])}, ${because}`);
  };
  const guess = free().filter((column) => !isCompanion(column));
  take(
    'path',
    guess.filter((column) => most(values(column), isImagePath)),
    'whose values are names of images',
  );
  if (of.path === undefined) {
    const images = await index();
    const names = free().filter((column) => most(values(column), (value) => isKnownFile(value, images)));
    take('path', names, 'whose values are names of images in the folder');
  }
  const rest = () => free().filter((column) => !isCompanion(column));
  take(
    'split',
    rest().filter((column) => most(values(column), isSplit, 1)),
    'whose values are names of splits',
  );
  const repeated = rest().filter((column) => isRepeated(table.rows.map(({ cells }) => cells.get(column))));
  take('label', repeated, 'the only one whose values recur');
  take(
    'text',
    rest().filter((column) => most(values(column), isWordy, 0.5)),
    'the only one of words',
  );
  if (of.path === undefined) throw undecided(table, 'path', 'the image');
  return { of, passedOver: free().map((column) => JSON.stringify(column)), inferred };
}

export function undecided({ name, columns }: Table, role: Role, what: string): MarnetError {
  const all = [...columns.keys()];
  return dataError(
    `${name}: which column is ${what} cannot be told; it has ${list(all)}`,
    all.length > 0
      ? `Name it, as --columns ${role}=${all.find((column) => !isCompanion(column)) ?? all[0]}.`
      : 'Give it a header line with the columns file_name and label.',
  );
}

function list(columns: readonly string[]): string {
  return columns.map((column) => JSON.stringify(column)).join(', ') || 'none';
}

/** Of the values that are there, at least this share. */
function most(values: readonly unknown[], fits: (value: unknown) => boolean, share = 0.9): boolean {
  const there = values.filter((value) => cellText(value, true) !== undefined);
  return there.length > 0 && there.filter(fits).length >= share * there.length;
}

function isImagePath(value: unknown): boolean {
  return typeof value === 'string' && isImageName(value.trim());
}

function isKnownFile(value: unknown, images: PathIndex): boolean {
  const text = cellText(value, false);
  return typeof text === 'string' && images.find(text) !== undefined;
}

function isSplit(value: unknown): boolean {
  return typeof value === 'string' && splitNamed(value) !== undefined;
}

/** At least two different values, each twice on average. */
function isRepeated(values: readonly unknown[]): boolean {
  const texts = values.map((value) => cellText(value, false));
  if (texts.some((text) => typeof text !== 'string')) return false;
  const different = new Set(texts).size;
  return different >= 2 && different <= texts.length / 2;
}

function isWordy(value: unknown): boolean {
  return isStringList(value) || (typeof value === 'string' && /\p{L}\S*[\s,;]+\S*\p{L}/u.test(value));
}
