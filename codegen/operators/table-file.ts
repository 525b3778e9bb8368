import type { OperatorTable } from '../../core/graph/operators/notation.ts';
import { sourceProject } from '../source/project.ts';

/** core/graph/operators/table.ts: the schema file's facts beside the code that looks things up in them. */
export function tableFile({ types, operators }: OperatorTable): string {
  const sets = Object.entries(types).map(([name, set]) => `    ${name}: ${JSON.stringify(set)},`);
  const ops = Object.entries(operators).map(
    ([op, versions]) =>
      `    ${JSON.stringify(op)}: [\n${versions.map((version) => `      ${JSON.stringify(version)},`).join('\n')}\n    ],`,
  );
  const file = sourceProject().createSourceFile('table.ts');
  file.addImportDeclaration({
    isTypeOnly: true,
    moduleSpecifier: './notation.ts',
    namedImports: ['OperatorTable'],
  });
  file.addStatements(`
export const OPERATOR_TABLE: OperatorTable = {
  types: {
${sets.join('\n')}
  },
  operators: {
${ops.join('\n')}
  },
};`);
  return `// Generated from codegen/operators/schema.json by \`npm run generate\`; do not edit.\n${file.getFullText()}`;
}
