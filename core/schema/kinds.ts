/** Kinds of values that schemas here are made of. */
import * as v from 'valibot';
import { messageOf, takes, takesOneOf, unknownKeys } from './words.ts';

/** A whole number. */
export const whole = (least: number, most: number = Number.MAX_SAFE_INTEGER) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

/** A number, either end included. */
export const between = (least: number, most: number) =>
  v.pipe(v.number(), v.minValue(least), v.maxValue(most));

/** A number above 0. */
export const positive = (most: number) => v.pipe(v.number(), v.gtValue(0), v.maxValue(most));

/** A number from 0 to below 1. */
export const fraction = v.pipe(v.number(), v.minValue(0), v.ltValue(1));

/** A number that is not infinite. */
export const finite = v.pipe(v.number(), v.finite());

/** A text of so many characters or more. */
export const text = (least: number) => v.pipe(v.string(), v.minLength(least));

/** One of some words. */
export const choice = <const T extends string>(words: readonly T[]) =>
  v.picklist(words, ({ input }) => takesOneOf(words, input));

/** valibot takes lists for objects, which here are something else. */
const objectAlone = v.custom(isObject, ({ input }) => takes('an object', input));

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * An object of entries before defaults are filled in, and after. valibot's own types say the same, but by intersections
 * that have each entry several times, and documentation does not know then which docstring is its own.
 */
type InputOf<T extends v.ObjectEntries> = Flat<
  { [K in keyof T as undefined extends v.InferInput<T[K]> ? never : K]: v.InferInput<T[K]> } & {
    [K in keyof T as undefined extends v.InferInput<T[K]> ? K : never]?: v.InferInput<T[K]>;
  }
>;
type OutputOf<T extends v.ObjectEntries> = Flat<
  { [K in keyof T as undefined extends v.InferOutput<T[K]> ? never : K]: v.InferOutput<T[K]> } & {
    [K in keyof T as undefined extends v.InferOutput<T[K]> ? K : never]?: v.InferOutput<T[K]>;
  }
>;
type Flat<T> = { [K in keyof T]: T[K] } & {};

function objectOf<T extends v.ObjectEntries>(entries: T, schema: v.GenericSchema) {
  const checked: v.GenericSchema = v.pipe(objectAlone, schema);
  return Object.assign(checked as v.GenericSchema<InputOf<T>, OutputOf<T>>, { entries });
}

/** An object with these entries; others are left out. */
export const object = <T extends v.ObjectEntries>(entries: T) => objectOf(entries, v.object(entries));

/** An object with these entries and no others, which are named. */
export function strictObject<T extends v.ObjectEntries>(entries: T) {
  const known = Object.keys(entries);
  const schema = v.strictObject(entries, (issue) =>
    issue.expected === 'never' ? unknownKeys(issue.path![0].input as object, known) : messageOf(issue),
  );
  return objectOf(entries, schema);
}

/** An object with any keys. */
export function record<T extends v.GenericSchema>(value: T) {
  const schema: v.GenericSchema = v.pipe(objectAlone, v.record(v.string(), value));
  return schema as v.GenericSchema<Record<string, v.InferInput<T>>, Record<string, v.InferOutput<T>>>;
}
