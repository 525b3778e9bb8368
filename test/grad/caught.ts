import { expect } from 'vitest';
import { MarnetError } from '../../core/errors.ts';

/** The error of this project that `f` throws. */
export function caught(f: () => unknown): MarnetError {
  try {
    f();
  } catch (error) {
    expect(error).toBeInstanceOf(MarnetError);
    return error as MarnetError;
  }
  throw new Error('nothing was thrown');
}
