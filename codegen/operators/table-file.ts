import type { OperatorTable } from '../../core/graph/operators/notation.ts';

/** core/graph/operators/table.ts: the schema file's facts beside the code that looks things up in them. */
export function tableFile({ types, operators }: OperatorTable): string {
  const sets = Object.entries(types).map(([name, set]) => `    ${name}: ${JSON.stringify(set)},`);
  const ops = Object.entries(operators).map(
    ([op, versions]) =>
      `    ${JSON.stringify(op)}: [\n${versions.map((version) => `      ${JSON.stringify(version)},`).join('\n')}\n    ],`,
  );
  return `// Generated from codegen/operators/schema.json by \`npm run generate\`; do not edit.
import type { OperatorTable } from './notation.ts';

export const OPERATOR_TABLE: OperatorTable = {
  types: {
${sets.join('\n')}
  },
  operators: {
${ops.join('\n')}
  },
};
`;
}
