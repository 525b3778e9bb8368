import { dataError, plural, type Reading } from './layout.ts';

/**
 * Several tables as one reading. Where some rows have a split, those without are trained on.
 * @throws MarnetError 'data' for an image that two of them name.
 */
export function mergeReadings(readings: readonly Reading[]): Reading {
  if (readings.length === 1) return readings[0]!;
  const files = readings.flatMap((reading) => reading.files);
  const owners = new Map<string, string>();
  for (const reading of readings)
    for (const { id } of reading.files) {
      const owner = owners.get(id);
      if (owner !== undefined)
        throw dataError(
          `${JSON.stringify(id)} is in two tables: ${owner}, and ${reading.layout}`,
          'Each image may be in one split only; remove one of the rows.',
        );
      owners.set(id, reading.layout);
    }
  const notices = readings.flatMap((reading) => reading.notices);
  const unsplit = files.filter((file) => file.split === undefined).length;
  const some = unsplit > 0 && unsplit < files.length;
  if (some) notices.push(`${plural(unsplit, 'row')} of tables without a split, taken as train`);
  const [first, ...others] = readings;
  return {
    layout:
      others.length === 1
        ? `${first!.layout} and 1 more table`
        : `${first!.layout} and ${others.length} more tables`,
    why: [...new Set(readings.map((reading) => reading.why))].join('; '),
    files: some ? files.map((file) => ({ ...file, split: file.split ?? ('train' as const) })) : files,
    notices: [...new Set(notices)],
    leftOut: readings.flatMap((reading) => reading.leftOut),
  };
}
