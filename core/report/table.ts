import Table from 'cli-table3';
import pc from 'picocolors';

export interface TableOptions {
  /** Whether it goes to a terminal that shows lines and colours; plain columns otherwise. */
  readonly terminal: boolean;
}

/**
 * A table as text, ending in a newline. Columns in which every cell is a number (with a sign, a unit, an interval), or
 * empty, are set to the right; the others to the left.
 * @throws RangeError when a row has more or fewer cells than the head.
 */
export function tableText(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { terminal }: TableOptions,
): string {
  for (const row of rows)
    if (row.length !== head.length)
      throw new RangeError(
        `a row of ${row.length} cells in a table of ${head.length} columns: ${row.join(' | ')}`,
      );
  const colAligns = head.map((_, column) =>
    rows.length > 0 && rows.every((row) => isNumber(row[column]!)) ? ('right' as const) : ('left' as const),
  );
  const colours = pc.createColors(terminal);
  const table = new Table({
    head: head.map((text) => colours.bold(text)),
    colAligns,
    style: { head: [], border: terminal ? ['gray'] : [], ...(terminal ? {} : PLAIN.style) },
    ...(terminal ? {} : { chars: PLAIN.chars }),
  });
  for (const row of rows) table.push([...row]);
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

const LINES =
  'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid';

/** Two spaces between columns and no lines: reads well in a log, and splits well in a script. */
const PLAIN = {
  chars: { ...Object.fromEntries(LINES.split(' ').map((name) => [name, ''])), middle: '  ' },
  style: { 'padding-left': 0, 'padding-right': 0 },
} as const;

/** "-", "", "12", "+0.5", "93.1 %", "63.1 ± 2.8", "1,911", "4.2 MB", "117 ms" */
function isNumber(cell: string): boolean {
  return /^$|^-$|^[+\-−±]?\d[\d,.]*(e[+-]?\d+)?( ?(±|\+-) ?\d[\d.]*)?( ?[%a-zA-Zµ/]{1,6})?$/.test(
    cell.trim(),
  );
}
