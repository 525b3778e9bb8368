import { MarnetError } from '../../errors.ts';

/** Reads the text after `flag` as a whole number of at least 1. */
export function countOf(flag: string): (text: string) => number {
  return (text) => {
    if (/^[1-9]\d*$/.test(text)) return Number(text);
    throw new MarnetError('usage', `${flag} takes a whole number of at least 1, not "${text}"`);
  };
}
