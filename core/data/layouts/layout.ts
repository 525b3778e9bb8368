/** What every layout reader gets and returns: labels as names still, splits where the data says them. */
import { closest } from 'fastest-levenshtein';
import { MarnetError } from '../../errors.ts';
import type { FolderListing } from '../files.ts';
import type { Split } from '../sample.ts';

/** What a column of a table is for. */
export type Role = 'path' | 'label' | 'text' | 'split';

export const ROLES: readonly Role[] = ['path', 'label', 'text', 'split'];

/** Names of a table's columns, by what they are for. */
export type ColumnNames = { readonly [R in Role]?: string | undefined };

/** Which of Ingredient-101's lists is the text. */
export type IngredientList = 'complete' | 'simplified';

/** What is left to the user where a layout leaves it open. */
export interface LayoutOptions {
  /** Those not named are inferred. */
  readonly columns?: ColumnNames | undefined;
  /** Default 'complete'. */
  readonly ingredients?: IngredientList | undefined;
  /** Where images that a table holds inside are unpacked; default `cacheFolder()`. */
  readonly cacheFolder?: string | undefined;
}

/** The folder to be recognised. */
export interface DataFolder {
  /** Absolute path. */
  readonly root: string;
  /** Names of files and folders directly in it, sorted, hidden ones left out. */
  readonly names: readonly string[];
  /** All files below it; listed when first asked for. */
  listing(): Promise<FolderListing>;
  readonly options: LayoutOptions;
}

export interface LabelledFile {
  /** Relative to the dataset's folder, with forward slashes; of an image inside a table, the table's and `#row`. */
  readonly id: string;
  /** Absolute path, where that is not the folder's and the id. */
  readonly file?: string;
  readonly label: string;
  readonly text: string | undefined;
  readonly split: Split | undefined;
}

export interface Reading {
  /** What was recognised, in words. */
  readonly layout: string;
  /** What it was recognised by, in words. */
  readonly why: string;
  readonly files: readonly LabelledFile[];
  readonly notices: readonly string[];
  /** Images left out that someone may have meant to be used; an error where nothing may be left out. */
  readonly leftOut: readonly string[];
}

/** Reads a folder in its layout; undefined for a folder in another one. @throws MarnetError 'data'. */
export type Layout = (folder: DataFolder) => Promise<Reading | undefined>;

const SPLIT_NAMES: Readonly<Record<Split, readonly string[]>> = {
  train: ['train', 'training'],
  holdout: ['holdout', 'hold-out', 'held-out', 'val', 'valid', 'validation', 'dev'],
  test: ['test', 'testing'],
};

const SPLITS = new Map(
  Object.entries(SPLIT_NAMES).flatMap(([split, names]) => names.map((name) => [name, split as Split])),
);

/** Reads `train`, `val`, `validation`, `holdout`, `test` and the like; undefined for anything else. */
export function splitNamed(text: string): Split | undefined {
  return SPLITS.get(text.trim().toLowerCase());
}

export const SPLIT_WORDS: readonly string[] = [...SPLITS.keys()];

export function dataError(message: string, hint: string, cause?: unknown): MarnetError {
  return new MarnetError('data', message, { hint, cause });
}

/** `; did you mean "x"?`, where something is near enough to be meant. */
export function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  return `; did you mean ${JSON.stringify(closest(word, known))}?`;
}

/** The first few of many, quoted, and how many there are in all. */
export function firstFew(items: readonly string[], limit = 5): string {
  const shown = items.slice(0, limit).join(', ');
  return items.length > limit ? `${shown} and ${items.length - limit} more` : shown;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
