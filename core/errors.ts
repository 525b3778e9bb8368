/**
 * Every failure a user can cause or meet is a `MarnetError`: what was wrong, where, and what to do about it.
 * `code` is stable and meant for programs; `message` is meant for people and quotes the offending value.
 */

export type ErrorCode =
  | 'usage' // a mistyped option or value
  | 'not-a-model' // a file that is no model, or a truncated one
  | 'external-data' // weights kept beside the model are missing or too short
  | 'unsupported-model' // a model that was read, but that this job cannot be done on
  | 'no-feature-site' // no place to graft the heads
  | 'no-gradient' // an op on the path to the loss has no gradient rule
  | 'adapter' // an adapter failed, or says what the graph does not have
  | 'data' // something wrong in the user's folder, table or texts
  | 'image' // an image that cannot be decoded
  | 'output' // a path that cannot be written, a full disk
  | 'non-finite' // the loss became NaN or infinite
  | 'resume' // a checkpoint that does not fit this job
  | 'verification' // the exported model disagrees with the trained one
  | 'interrupted' // stopped by the user; a checkpoint was kept
  | 'device' // a device that was asked for and does not work
  | 'device-memory' // a run needs more memory than the device has
  | 'runtime' // the inference engine refused a graph or failed in a run
  | 'internal'; // a broken invariant of our own

/** What goes with a message. */
export interface ErrorDetail {
  /** What to do, in one or two sentences; printed below the message. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * A failure that a user can cause or meet. `message` quotes the offending value and its place, `hint` says
 * what to do.
 */
export class MarnetError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'MarnetError';
    this.code = code;
    this.hint = detail.hint;
  }
}

/** Exit codes of the command line. */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof MarnetError)) return EXIT.failed;
  if (error.code === 'usage') return EXIT.usage;
  if (error.code === 'interrupted') return EXIT.interrupted;
  return EXIT.failed;
}
