/** Checking values by schemas, and what is said where one does not hold. */
import * as v from 'valibot';
import { MarnetError } from '../errors.ts';
import { messageOf } from './words.ts';

/** One thing that is wrong. */
export interface Problem {
  /** Keys from the whole value to where it is; none for the whole value itself. */
  readonly path: readonly string[];
  /** Completes "<the place> …". */
  readonly message: string;
}

export type Checked<T> =
  | { readonly success: true; readonly value: T }
  | { readonly success: false; readonly problems: readonly [Problem, ...Problem[]]; readonly cause: Error };

/** The value with defaults filled in, or what is wrong with it: for each place the first thing. */
export function check<T extends v.GenericSchema>(schema: T, value: unknown): Checked<v.InferOutput<T>> {
  const result = v.safeParse(schema, value, { message: messageOf });
  if (result.success) return { success: true, value: result.output };
  const problems = new Map<string, Problem>();
  for (const { type, expected, path = [], message } of result.issues) {
    const keys = path.map(({ key }) => String(key));
    // Keys that do not exist are a matter of the object that has them.
    if (type === 'strict_object' && expected === 'never') keys.pop();
    const place = keys.join('.');
    if (!problems.has(place)) problems.set(place, { path: keys, message });
  }
  return {
    success: false,
    problems: [...problems.values()] as [Problem, ...Problem[]],
    cause: new v.ValiError(result.issues),
  };
}

/** As "heads.latent: takes a whole number, not 1.5". @param whole what the whole value is called. */
export function problemText({ path, message }: Problem, whole: string): string {
  return `${path.join('.') || whole}: ${message}`;
}

/** The options with defaults filled in. @throws MarnetError 'usage' naming each that is unknown or out of range. */
export function parseOptions<T extends v.GenericSchema>(schema: T, input: unknown): v.InferOutput<T> {
  const checked = check(schema, input);
  if (checked.success) return checked.value;
  const problems = checked.problems.map((problem) => problemText(problem, 'options'));
  throw new MarnetError('usage', `options that cannot be used: ${problems.join('; ')}`, {
    cause: checked.cause,
  });
}
