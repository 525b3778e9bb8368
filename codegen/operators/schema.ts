/** The schema file, as `read_schemas.py` writes it. */
import { readFileSync } from 'node:fs';
import type { OperatorTable } from '../../core/graph/operators/notation.ts';

interface SchemaFile extends OperatorTable {
  /** The packages that it was read from, with their versions. */
  readonly sources: Readonly<Record<string, string>>;
  /** The oldest and the newest operator set of the standard domain. */
  readonly operatorSets: readonly [oldest: number, newest: number];
}

export const SCHEMA = JSON.parse(
  readFileSync(new URL('./schema.json', import.meta.url), 'utf8'),
) as SchemaFile;
