/** A table as its file has it, before anyone knows what its columns are for. */

/** One row, its cells by the table's own column names; null and absent cells are missing. */
export interface TableRow {
  readonly line: number;
  readonly cells: ReadonlyMap<string, unknown>;
  /** Absolute path of the row's image, where the table itself held it. */
  readonly image?: string | undefined;
}

export interface Table {
  /** Path of the file below the folder, for messages. */
  readonly name: string;
  /** What a row's number counts. */
  readonly unit: 'line' | 'row';
  /** Every column that occurs, with the line where it first does. */
  readonly columns: ReadonlyMap<string, number>;
  readonly rows: readonly TableRow[];
  /** The column that holds images, where one does. */
  readonly images?: string | undefined;
  readonly notices?: readonly string[];
}

/** Column names are compared without case and surrounding space. */
export function columnName(text: string): string {
  return text.trim().toLowerCase();
}
