/** The matrix as a table for people. */
import { type Cell, MATRIX_STAGES, type MatrixRow, type MatrixStage } from './matrix.ts';

/** A row whose failures may be foreseen, with the reasons. */
export interface JudgedRow extends MatrixRow {
  readonly reasons: Readonly<Partial<Record<MatrixStage, string>>>;
}

export function matrixTable(rows: readonly JudgedRow[]): string {
  return tableOf(
    ['Model', 'Adapter', ...MATRIX_STAGES],
    rows.map((row) => [
      row.model,
      row.adapter ?? '–',
      ...MATRIX_STAGES.map((stage) => cellText(row.cells[stage], row.reasons[stage])),
    ]),
  );
}

/** @param reason why a failure is as it should be. */
export function cellText(cell: Cell | undefined, reason: string | undefined): string {
  if (cell?.result === 'no') return reason === undefined ? '**no**' : 'refused';
  return cell?.result === 'yes' ? 'yes' : '–';
}

/** In Markdown. */
export function tableOf(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [row(head), `|${head.map(() => '---').join('|')}|`, ...lines.map(row)].join('\n');
}
