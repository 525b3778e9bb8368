/** What is wrong with a value, in words that complete "<its place> …": "takes a number above 0, not -1". */
import type { BaseIssue } from 'valibot';
import { nearest, oneOf } from './nearest.ts';

/** @param wanted as "a whole number". */
export function takes(wanted: string, value: unknown): string {
  return value === undefined ? 'is missing' : `takes ${wanted}, not ${shown(value)}`;
}

export function takesOneOf(words: readonly string[], value: unknown): string {
  return `${takes(oneOf(words), value)}${typeof value === 'string' ? didYouMean(value, words) : ''}`;
}

/** Names the keys of an object that are none of those known. */
export function unknownKeys(value: object, known: readonly string[]): string {
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  const quoted = unknown.map((key) => JSON.stringify(key)).join(', ');
  if (unknown.length > 1) return `there are no options ${quoted}`;
  return `there is no option ${quoted}${didYouMean(unknown[0]!, known, 2 / 5)}`;
}

/** What valibot found, where a schema has no message of its own. */
export function messageOf(issue: BaseIssue<unknown>): string {
  const { kind, type, input, issues } = issue;
  if (type === 'union' && issues) return takes(oneOf(issues.map(wanted)), input);
  return kind === 'schema' || kind === 'validation' ? takes(wanted(issue), input) : issue.message;
}

function wanted({ type, input, expected, requirement }: BaseIssue<unknown>): string {
  switch (type) {
    case 'number':
      return 'a number';
    case 'string':
      return 'a text';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'literal':
      return String(expected).replaceAll('"', '');
    case 'finite':
      return 'a finite number';
    case 'integer':
      return 'a whole number';
    case 'multiple_of':
      return `a multiple of ${requirement}`;
    case 'min_value':
      return `a number of at least ${requirement}`;
    case 'gt_value':
      return `a number above ${requirement}`;
    case 'max_value':
      return `a number of at most ${requirement}`;
    case 'lt_value':
      return `a number below ${requirement}`;
    case 'min_length': {
      const [whole, part] = Array.isArray(input) ? ['list', 'item'] : ['text', 'character'];
      return `a ${whole} of at least ${requirement} ${part}${requirement === 1 ? '' : 's'}`;
    }
    default:
      return expected ?? 'another value';
  }
}

function didYouMean(word: string, known: readonly string[], share?: number): string {
  const near = nearest(word, known, share);
  return near === undefined ? '' : `; did you mean ${near}?`;
}

function shown(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  if (Array.isArray(value)) return value.length > 0 ? 'a list' : 'an empty list';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
