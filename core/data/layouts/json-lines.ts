/** JSON Lines: one JSON object a line, an image each. A text may be a list, such as ingredients. */
import { dataError } from './layout.ts';
import { columnName, type Table, type TableRow } from './table-rows.ts';

/** @param name of the file, for messages. @throws MarnetError 'data' naming the line. */
export function parseJsonLines(text: string, name: string): Table {
  const columns = new Map<string, number>();
  const rows: TableRow[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  lines.forEach((source, i) => {
    if (source.trim() === '') return;
    const line = i + 1;
    const cells = new Map<string, unknown>();
    for (const [key, value] of Object.entries(parseObject(source, name, line))) {
      const column = columnName(key);
      if (!columns.has(column)) columns.set(column, line);
      cells.set(column, value);
    }
    rows.push({ line, cells });
  });
  return { name, unit: 'line', columns, rows };
}

const EXAMPLE =
  'Each line is one object, as {"file_name": "a.jpg", "label": "cat", "text": "a cat on a mat"}.';

function parseObject(source: string, name: string, line: number): object {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    const shown = source.length > 60 ? `${source.slice(0, 57)}...` : source;
    throw dataError(`${name} line ${line} is not JSON: ${shown}`, EXAMPLE, cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw dataError(
      `${name} line ${line} is ${Array.isArray(value) ? 'a list' : `${JSON.stringify(value)}`}, not an object`,
      EXAMPLE,
    );
  return value;
}
