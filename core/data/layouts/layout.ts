/** What every layout reader returns: labels as names still, splits where the data says them. */
import { closest } from 'fastest-levenshtein';
import { MarnetError } from '../../errors.ts';
import type { Split } from '../sample.ts';

export interface LabelledFile {
  /** Relative to the dataset's folder, with forward slashes. */
  readonly id: string;
  readonly label: string;
  readonly text: string | undefined;
  readonly split: Split | undefined;
}

export interface Reading {
  /** What was recognised, in words. */
  readonly layout: string;
  readonly files: readonly LabelledFile[];
  readonly notices: readonly string[];
  /** Images left out that someone may have meant to be used; an error where nothing may be left out. */
  readonly leftOut: readonly string[];
}

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
