/**
 * Writes what is generated from schema.json: the types that nodes are built with, the table that they are checked
 * with, and docs/operators.md.
 *
 * usage: npm run generate
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SCHEMA } from './schema.ts';
import { signaturesFile } from './signatures-file.ts';
import { tableFile } from './table-file.ts';

const root = join(import.meta.dirname, '../..');

/** The generated files, by path from the repository's root. */
export function generatedFiles(): Readonly<Record<string, string>> {
  return {
    'core/graph/operators/signatures.ts': signaturesFile(SCHEMA),
    'core/graph/operators/table.ts': tableFile(SCHEMA),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [file, text] of Object.entries(generatedFiles())) writeFileSync(join(root, file), text);
  // It reads the table through the code that uses it.
  const { OPERATORS_FILE, operatorsPage } = await import('./page.ts');
  writeFileSync(OPERATORS_FILE, operatorsPage());
}
