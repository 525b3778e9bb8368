/** The matrix as a table for people. */
import { type Cell, MATRIX_STAGES, type MatrixRow } from './matrix.ts';

/** A row whose failures may be foreseen, with the reasons. */
export interface JudgedRow extends MatrixRow {
  readonly reasons: Readonly<Partial<Record<(typeof MATRIX_STAGES)[number], string>>>;
}

export function matrixTable(rows: readonly JudgedRow[]): string {
  const text = (row: JudgedRow, stage: (typeof MATRIX_STAGES)[number]): string => {
    const { result }: Cell = row.cells[stage];
    if (result === 'no') return row.reasons[stage] ? 'refused' : '**no**';
    return result === 'skipped' ? '–' : 'yes';
  };
  return [
    `| Model | Adapter | ${MATRIX_STAGES.join(' | ')} |`,
    `|---|---|${MATRIX_STAGES.map(() => '---').join('|')}|`,
    ...rows.map(
      (row) =>
        `| ${row.model} | ${row.adapter ?? '–'} | ${MATRIX_STAGES.map((stage) => text(row, stage)).join(' | ')} |`,
    ),
  ].join('\n');
}
