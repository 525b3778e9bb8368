/** Values from outside: described by schemas, checked by them, and what is said where they do not hold. */
export { type Checked, check, type Problem, parseOptions, problemText } from './check.ts';
export {
  between,
  choice,
  finite,
  fraction,
  object,
  positive,
  record,
  strictObject,
  text,
  whole,
} from './kinds.ts';
export { nearest, oneOf } from './nearest.ts';
export { takes } from './words.ts';
