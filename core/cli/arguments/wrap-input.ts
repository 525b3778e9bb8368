/** What was typed, as the options of `wrap`. */
import { MarnetError } from '../../errors.ts';
import { check } from '../../schema/index.ts';
import { type WrapOptionsInput, wrapOptionsSchema } from '../../wrap/options.ts';
import { type Assignment, parseAssignment } from './assignments.ts';
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
  const checked = check(wrapOptionsSchema, input);
  if (!checked.success) {
    const [{ path, message }] = checked.problems;
    const place = path.join('.');
    const culprit = given.findLast((each) => each.path.join('.') === place);
    throw new MarnetError('usage', `${culprit?.source ?? place} ${message}`);
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
