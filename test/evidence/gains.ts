/** What MARNet gains over the two forms of plain fine-tuning, in single measurements and in their means. */
import { type MeanInterval, meanInterval, pairedDifference } from '../../core/report/interval.ts';
import { type ContestResult, LINEAR, MARNET, PLAIN } from './contest.ts';
import { corruptedMean, type Measurement } from './measurement.ts';
import type { PlottedGain } from './plot.ts';

/** Measurements that a mean over them needs. */
const FEWEST_POOLED = 3;

/** What MARNet is set beside, and on which images: the columns of the summary. */
export const COMPARISONS = [
  {
    images: 'clean',
    over: LINEAR,
    text: 'over the linear layer',
    value: ({ clean }: ContestResult) => clean,
  },
  { images: 'clean', over: PLAIN, text: 'over plain heads', value: ({ clean }: ContestResult) => clean },
  { images: 'corrupted', over: LINEAR, text: 'over the linear layer', value: corruptedMean },
  { images: 'corrupted', over: PLAIN, text: 'over plain heads', value: corruptedMean },
] as const;

/** What MARNet gains with one backbone, mode and data set, or in the mean of several of these. */
export interface GainRow {
  readonly name: string;
  /** Undefined for a mean. */
  readonly seeds: number | undefined;
  /** By comparison; undefined where that contestant was not trained. */
  readonly gains: readonly (MeanInterval | undefined)[];
}

export function gainRows(measured: readonly Measurement[]): GainRow[] {
  const own = measured.filter(({ contestants }) => contestants.includes(MARNET));
  const rows = own.map(
    ({ name, seeds, contestants, of }): GainRow => ({
      name,
      seeds,
      gains: COMPARISONS.map(({ over, value }) =>
        contestants.includes(over) ? pairedDifference(of(over, value), of(MARNET, value)) : undefined,
      ),
    }),
  );
  /** The mean of some rows, with the interval that these, not their seeds, make. */
  const pooled = (name: string, some: readonly GainRow[]): GainRow[] => {
    const full = some.filter(({ gains }) => gains.every((gain) => gain !== undefined));
    if (full.length < FEWEST_POOLED) return [];
    const gains = COMPARISONS.map((_, i) => meanInterval(full.map((row) => row.gains[i]!.mean)));
    return [{ name: `mean of the ${full.length} of ${name}`, seeds: undefined, gains }];
  };
  const datasets = [...new Set(own.map(({ dataset }) => dataset))];
  const means = datasets.flatMap((dataset) =>
    pooled(
      dataset,
      rows.filter((_, i) => own[i]!.dataset === dataset),
    ),
  );
  return [...rows, ...means, ...pooled('all', rows)];
}

export function plotted(rows: readonly GainRow[]): PlottedGain[] {
  return rows.flatMap(({ name, gains }) =>
    COMPARISONS.flatMap(({ images, over }, i): PlottedGain[] => {
      const gain = gains[i];
      if (!gain) return [];
      const [mean, half] = [100 * gain.mean, 100 * gain.half];
      return [{ row: name, images, overHeads: over === PLAIN, mean, low: mean - half, high: mean + half }];
    }),
  );
}
