/** Tables of what corruptions do to a model. */
import { tableText } from '../../report/index.ts';
import type { Robustness } from '../../wrap/robustness.ts';
import { preprocessLine } from './describe.ts';
import type { Io } from './io.ts';
import { count, percent } from './numbers.ts';

/** Top-1 by corruption and severity, and beside a base model its mean and the corruption error. */
export function robustnessText(io: Io, robustness: Robustness): string {
  const { images, skipped, clean, mean, corruptions, base } = robustness;
  const left = skipped > 0 ? `, ${skipped} skipped because they could not be decoded` : '';
  const against = (ofBase: number | undefined, error: number | null | undefined): string[] =>
    base ? [ofBase === undefined ? '' : percent(ofBase), errorText(error)] : [];
  const none = ['', '', '', '', ''];
  const table = tableText(
    ['top-1', '1', '2', '3', '4', '5', 'mean', ...(base ? ['base', 'error / base'] : [])],
    [
      ['as they are', ...none, percent(clean), ...against(base?.clean, undefined)],
      ...corruptions.map(({ name, top1, mean: ofFive }, i) => [
        name,
        ...top1.map(percent),
        percent(ofFive),
        ...against(base?.corruptions[i]?.mean, base?.corruptionErrors[i]),
      ]),
      ['mean', ...none, percent(mean), ...against(base?.mean, base?.meanCorruptionError)],
    ],
    { terminal: io.colours.out },
  );
  const prepared = preprocessLine({ ...robustness, origin: robustness.preprocessOrigin });
  return `${prepared}\n${count(images, 'image')}${left}, ${count(corruptions.length, 'corruption')} at five severities each\n\n${table}${base ? `\n${errorLine(base)}\n` : ''}`;
}

/** A dash where the base model makes no error. */
function errorText(error: number | null | undefined): string {
  return error === undefined ? '' : error === null ? '-' : error.toFixed(3);
}

function errorLine({ corruptionErrors, meanCorruptionError }: NonNullable<Robustness['base']>): string {
  const known = corruptionErrors.filter((error) => error !== null).length;
  if (meanCorruptionError === null)
    return 'Mean corruption error: none, as the base model makes no error under any corruption';
  const over =
    known === corruptionErrors.length
      ? ''
      : `, over the ${count(known, 'corruption')} under which the base model errs`;
  return `Mean corruption error relative to the base model: ${meanCorruptionError.toFixed(3)} (below 1 is better)${over}`;
}

/** Tells now and then how far a long evaluation is. */
export function robustnessProgress(io: Io): (done: number, total: number) => void {
  const began = performance.now();
  let spoken = began;
  return (done, total) => {
    const now = performance.now();
    if (now - spoken < SECONDS * 1000 || done === total) return;
    spoken = now;
    const left = Math.round(((now - began) / 1000) * (total / done - 1));
    io.err(`Robustness: ${done} of ${count(total, 'image')}, ${left} s left\n`);
  };
}

/** Between two lines of progress. */
const SECONDS = 10;
