/** CSV and TSV: a header line, then one row an image. Comma, semicolon or tab, whichever the header uses. */
import { type CsvError, type Info, parse } from 'csv-parse/sync';
import { dataError } from './layout.ts';
import { columnName, type Table, type TableRow } from './table-rows.ts';

/** @param name of the file, for messages. @throws MarnetError 'data' naming the line. */
export function parseDelimited(text: string, name: string): Table {
  const records = parseRecords(text, name);
  const [header, ...body] = records;
  const columns = new Map<string, number>();
  const names = (header?.record ?? []).map(columnName);
  for (const column of names) {
    if (columns.has(column))
      throw dataError(
        `${name} line ${header!.info.lines}: the column ${JSON.stringify(column)} is there twice`,
        'Remove or rename one of them.',
      );
    columns.set(column, header!.info.lines);
  }
  const rows = body.map(({ record, info }): TableRow => {
    if (record.length !== names.length)
      throw dataError(
        `${name} line ${info.lines}: ${record.length} values where the header has ${names.length} columns`,
        'Put double quotes around a value that contains the separator.',
      );
    return { line: info.lines, cells: new Map(names.map((column, i) => [column, record[i]!])) };
  });
  return { name, unit: 'line', columns, rows };
}

function parseRecords(text: string, name: string): { record: string[]; info: Info }[] {
  try {
    return parse(text, {
      bom: true,
      info: true,
      skip_empty_lines: true,
      relax_column_count: true,
      delimiter: delimiterOf(text, name),
    }) as unknown as { record: string[]; info: Info }[];
  } catch (cause) {
    const { message, lines } = cause as CsvError & { lines?: number };
    throw dataError(
      `${name}${lines === undefined ? '' : ` line ${lines}`}: ${message}`,
      'Each row is one line; values with commas, quotes or line breaks stand in double quotes, quotes within doubled.',
      cause,
    );
  }
}

function delimiterOf(text: string, name: string): string {
  const header = text.slice(0, text.search(/[\r\n]|$/));
  const marks = /\.tsv$/i.test(name) ? ['\t'] : [',', ';', '\t'];
  return marks.find((mark) => header.includes(mark)) ?? marks[0]!;
}
