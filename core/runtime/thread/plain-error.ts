import { type ErrorCode, MarnetError } from '../../errors.ts';

/** An error's own members, which a message between threads would drop. */
export interface PlainError {
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly hint: string | undefined;
}

export function plainError(error: unknown): PlainError {
  const code = error instanceof MarnetError ? error.code : undefined;
  const hint = error instanceof MarnetError ? error.hint : undefined;
  return { code, message: error instanceof Error ? error.message : String(error), hint };
}

export function errorOf({ code, message, hint }: PlainError): Error {
  return code === undefined
    ? new Error(message)
    : new MarnetError(code, message, hint === undefined ? {} : { hint });
}
