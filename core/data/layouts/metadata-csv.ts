/** metadata.csv: a header line, then one row an image. Comma, semicolon or tab, whichever the header uses. */
import { type CsvError, type Info, parse } from 'csv-parse/sync';
import { dataError } from './layout.ts';
import { columnName, type Table, type TableRow } from './table.ts';

const NAME = 'metadata.csv';

/** @throws MarnetError 'data' naming the line. */
export function parseCsvTable(text: string): Table {
  const records = parseRecords(text);
  const [header, ...body] = records;
  const columns = new Map<string, number>();
  const names = (header?.record ?? []).map(columnName);
  for (const name of names) {
    if (columns.has(name))
      throw dataError(
        `${NAME} line ${header!.info.lines}: the column ${JSON.stringify(name)} is there twice`,
        'Remove or rename one of them.',
      );
    columns.set(name, header!.info.lines);
  }
  const rows = body.map(({ record, info }): TableRow => {
    if (record.length !== names.length)
      throw dataError(
        `${NAME} line ${info.lines}: ${record.length} values where the header has ${names.length} columns`,
        'Put double quotes around a value that contains the separator.',
      );
    return { line: info.lines, cells: new Map(names.map((name, i) => [name, record[i]!])) };
  });
  return { name: NAME, columns, rows };
}

function parseRecords(text: string): { record: string[]; info: Info }[] {
  try {
    return parse(text, {
      bom: true,
      info: true,
      skip_empty_lines: true,
      relax_column_count: true,
      delimiter: delimiterOf(text),
    }) as unknown as { record: string[]; info: Info }[];
  } catch (cause) {
    const { message, lines } = cause as CsvError & { lines?: number };
    throw dataError(
      `${NAME}${lines === undefined ? '' : ` line ${lines}`}: ${message}`,
      'Each row is one line; values with commas, quotes or line breaks stand in double quotes, quotes within doubled.',
      cause,
    );
  }
}

function delimiterOf(text: string): string {
  const header = text.slice(0, text.search(/[\r\n]|$/));
  return [',', ';', '\t'].find((mark) => header.includes(mark)) ?? ',';
}
