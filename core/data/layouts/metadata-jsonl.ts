/** metadata.jsonl: one JSON object a line. A text may be a list, such as ingredients. */
import { dataError } from './layout.ts';
import { columnName, type Table, type TableRow } from './table.ts';

const NAME = 'metadata.jsonl';

/** @throws MarnetError 'data' naming the line. */
export function parseJsonlTable(text: string): Table {
  const columns = new Map<string, number>();
  const rows: TableRow[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  lines.forEach((source, i) => {
    if (source.trim() === '') return;
    const line = i + 1;
    const cells = new Map<string, string>();
    for (const [key, value] of Object.entries(parseObject(source, line))) {
      const column = columnName(key);
      if (!columns.has(column)) columns.set(column, line);
      const cell = cellOf(value, column, line);
      if (cell !== undefined) cells.set(column, cell);
    }
    rows.push({ line, cells });
  });
  return { name: NAME, columns, rows };
}

function parseObject(source: string, line: number): object {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    const shown = source.length > 60 ? `${source.slice(0, 57)}...` : source;
    throw dataError(
      `${NAME} line ${line} is not JSON: ${shown}`,
      'Each line is one object, as {"file_name": "a.jpg", "label": "cat", "text": "a cat on a mat"}.',
      cause,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw dataError(
      `${NAME} line ${line} is ${Array.isArray(value) ? 'a list' : `${JSON.stringify(value)}`}, not an object`,
      'Each line is one object, as {"file_name": "a.jpg", "label": "cat", "text": "a cat on a mat"}.',
    );
  return value;
}

function cellOf(value: unknown, column: string, line: number): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (column === 'text' && Array.isArray(value) && value.every((item) => typeof item === 'string'))
    return value.length > 0 ? JSON.stringify(value) : undefined;
  if (!['file_name', 'label', 'text', 'split'].includes(column)) return undefined;
  throw dataError(
    `${NAME} line ${line}: ${column} is ${JSON.stringify(value)}`,
    column === 'text' ? 'It must be a string or a list of strings.' : 'It must be a string.',
  );
}
