/** What was typed, as the options of `wrap`. */
import { MarnetError } from '../../errors.ts';
import { type WrapOptionsInput, wrapOptionsSchema } from '../../wrap/options.ts';
import { type Assignment, parseAssignment } from './assignments.ts';
import { nearest, oneOf } from './nearest.ts';
import { flagOf, readSetting, SETTINGS, type Setting } from './settings.ts';

/** A setting that was given, and how: `source` is quoted in errors. */
interface Given extends Assignment {
  readonly source: string;
}

/** Given a setting, the text typed for it, or undefined where it was not. */
export type Typed = (setting: Setting) => unknown;

/**
 * Collects and checks them. What was not typed is left out, so that the defaults stay in one place.
 * @throws MarnetError 'usage' that names the flag, what it takes and what it was given.
 */
export function wrapInput(typed: Typed, assignments: readonly string[]): WrapOptionsInput {
  const given: Given[] = [];
  for (const text of assignments)
    given.push({ ...parseAssignment(text), source: `--set ${text.split('=')[0]}` });
  for (const setting of SETTINGS) {
    const text = typed(setting);
    if (text === undefined) continue;
    given.push({ path: setting.path, value: readSetting(setting.kind, text), source: flagOf(setting) });
  }
  const input: Record<string, unknown> = {};
  for (const { path, value } of given) place(input, path, value);
  const checked = wrapOptionsSchema.safeParse(input);
  const issue = checked.error?.issues[0];
  if (issue) {
    const path = issue.path.map(String);
    const culprit = given.findLast((each) => each.path.join('.') === path.join('.'));
    throw refusal(culprit?.source ?? path.join('.'), culprit?.value, issue);
  }
  return input as WrapOptionsInput;
}

function place(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) {
    target[first] = value;
    return;
  }
  target[first] ??= {};
  place(target[first] as Record<string, unknown>, rest, value);
}

interface Issue {
  readonly code?: string | undefined;
  readonly message: string;
  readonly expected?: unknown;
  /** What is too small or too big. */
  readonly origin?: unknown;
  readonly values?: readonly unknown[];
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly inclusive?: boolean | undefined;
  readonly format?: unknown;
  readonly divisor?: unknown;
}

function refusal(source: string, value: unknown, issue: Issue): MarnetError {
  const shown = typeof value === 'string' ? `"${value}"` : String(value);
  if (issue.code === 'invalid_value' && issue.values) {
    const words = issue.values.map(String);
    const near = nearest(String(value), words);
    return new MarnetError(
      'usage',
      `${source} takes ${oneOf(words)}, not ${shown}${near ? `; did you mean ${near}?` : ''}`,
    );
  }
  if (issue.code === 'custom') return new MarnetError('usage', `${source} ${issue.message}`);
  return new MarnetError('usage', `${source} takes ${expectation(issue)}, not ${shown}`);
}

/** What the schema wants, in words. */
function expectation(issue: Issue): string {
  const bound = issue.inclusive === false;
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'string')
        return `a text of at least ${issue.minimum} ${issue.minimum === 1 ? 'character' : 'characters'}`;
      return `a number ${bound ? 'above' : 'of at least'} ${issue.minimum}`;
    case 'too_big':
      return `a number ${bound ? 'below' : 'of at most'} ${issue.maximum}`;
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_type':
      if (issue.expected === 'int') return 'a whole number';
      if (issue.expected === 'boolean') return 'true or false';
      return issue.expected === 'number' ? 'a number' : `a ${issue.expected}`;
    default:
      return `another value (${issue.message})`;
  }
}
