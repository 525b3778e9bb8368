import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../codegen/operators/generate.ts';
import { SCHEMA } from '../../codegen/operators/schema.ts';
import { signaturesFile } from '../../codegen/operators/signatures-file.ts';
import { tableFile } from '../../codegen/operators/table-file.ts';

const root = join(import.meta.dirname, '../..');

describe('what is generated from the schema file', () => {
  it.each(Object.entries(generatedFiles()))('%s is what `npm run generate` writes', (file, text) => {
    expect(readFileSync(join(root, file), 'utf8')).toBe(text);
  });

  it('changes with every fact', () => {
    const { Conv: conv, ...others } = SCHEMA.operators;
    const renamed = conv!.map(({ attributes, ...version }) =>
      attributes ? { ...version, attributes: { ...attributes, strydes: ['ints'] } } : version,
    );
    const changed = { ...SCHEMA, operators: { ...others, Conv: renamed } };
    expect(signaturesFile(changed)).toContain('strides?: Ints; strydes?: Ints');
    expect(tableFile(changed)).not.toBe(tableFile(SCHEMA));
  });
});
