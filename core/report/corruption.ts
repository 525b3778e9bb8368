/**
 * The corruption error of Hendrycks and Dietterich 2019, with E(f, s, c) the top-1 error of classifier f on corruption c at
 * severity s:
 *
 *   CE(c) = sum over s of E(model, s, c) / sum over s of E(base, s, c),   mCE = mean of CE(c) over the corruptions
 *
 * Below 1, the model makes fewer errors than the base model does.
 */

export interface RelativeErrors {
  /** By corruption; undefined where the base model makes no error at any severity, so that nothing can be divided by it. */
  readonly each: readonly (number | undefined)[];
  /** The mean of those that there are; undefined where there is none. */
  readonly mean: number | undefined;
}

/**
 * @param model top-1 errors, shares from 0 to 1, by corruption and severity. @param base the same of the base model.
 */
export function corruptionErrors(
  model: readonly (readonly number[])[],
  base: readonly (readonly number[])[],
): RelativeErrors {
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const each = model.map((errors, i) => {
    const divisor = sum(base[i]!);
    return divisor > 0 ? sum(errors) / divisor : undefined;
  });
  const known = each.filter((error) => error !== undefined);
  return { each, mean: known.length > 0 ? sum(known) / known.length : undefined };
}
