/** core/graph/operators/signatures.ts: the schema file as types, so that a wrong op, attribute or count does not compile. */
import { type PropertySignatureStructure, StructureKind } from 'ts-morph';
import {
  type OperatorSchema,
  type OperatorTable,
  type Parameter,
  resolveVersions,
} from '../../core/graph/operators/notation.ts';
import { sourceProject } from '../source/project.ts';

const KINDS = ['int', 'float', 'string', 'tensor', 'graph', 'ints', 'floats', 'strings', 'opaque'] as const;
/** Kinds that core/graph/operators/read.ts reads. */
const READ_KINDS = ['int', 'float', 'string', 'ints', 'floats'] as const;
const aliasOf = (kind: (typeof KINDS)[number]): string =>
  kind === 'string' ? 'Str' : kind[0]!.toUpperCase() + kind.slice(1);

export function signaturesFile({ types, operators }: OperatorTable): string {
  const file = sourceProject().createSourceFile('signatures.ts');
  file.addImportDeclaration({
    isTypeOnly: true,
    moduleSpecifier: '../attribute.ts',
    namedImports: ['AttributeOf'],
  });
  for (const kind of KINDS) file.addTypeAlias({ name: aliasOf(kind), type: `AttributeOf<'${kind}'>` });
  file.addInterface({
    name: 'OperatorSignatures',
    isExported: true,
    typeParameters: ['V'],
    docs: [
      '\nWhat each op takes, in any operator set from 7 to 24, by its name; `domain:name` outside the standard domain.\n' +
        'V stands for a value. Where operator sets differ, as on axes as attribute or as input, either form is allowed here.',
    ],
    properties: Object.entries(operators).map(([op, entries]) =>
      signature(op, resolveVersions(entries, types)),
    ),
  });
  file.addInterface({
    name: 'SettledAttributes',
    isExported: true,
    docs: [
      'Names of attributes that nodes of some op are never without: it has a default for them, or requires them.',
    ],
    properties: READ_KINDS.map((kind) => ({ name: kind, type: settled(kind, { types, operators }) })),
  });
  return `// Generated from codegen/operators/schema.json by \`npm run generate\`; do not edit.\n${file.getFullText()}`;
}

function settled(kind: (typeof READ_KINDS)[number], { types, operators }: OperatorTable): string {
  const attributes = Object.values(operators).flatMap((entries) =>
    resolveVersions(entries, types).flatMap((version) => Object.entries(version.attributes)),
  );
  const found = attributes.filter(([, is]) => is.kind === kind && (is.required || is.default !== undefined));
  return (
    [...new Set(found.map(([name]) => name))]
      .sort()
      .map((name) => `'${name}'`)
      .join(' | ') || 'never'
  );
}

function signature(op: string, versions: readonly OperatorSchema[]): PropertySignatureStructure {
  const sinces = versions.map(({ since }) => since).join(', ');
  return {
    kind: StructureKind.PropertySignature,
    name: /^\w+$/.test(op) ? op : `'${op}'`,
    docs: [`Operator sets ${sinces}${versions.at(-1)!.deprecated ? ' (deprecated)' : ''}.`],
    type: `{ inputs: readonly [${inputs(versions)}]; attributes: ${attributes(versions)} }`,
  };
}

/** As elements of a tuple; an input is optional when it is so, or is not there at all, in one version. */
function inputs(versions: readonly OperatorSchema[]): string {
  const longest = Math.max(...versions.map((version) => version.inputs.length));
  const lists = Array.from({ length: longest }, (_, i) => versions.map((version) => version.inputs[i]));
  const end = lists.findIndex((list) => list.some((p) => p?.arity === 'variadic'));
  let optional = false;
  const leading = lists.slice(0, end < 0 ? longest : end).map((list) => {
    const { name } = list.findLast((p): p is Parameter => p !== undefined)!;
    optional ||= list.some((p) => p?.arity !== 'one');
    return `${name}${optional ? '?: V | undefined' : ': V'}`;
  });
  if (end < 0) return leading.join(', ');
  return [...leading, end === 0 ? '...V[]' : '...(V | undefined)[]'].join(', ');
}

/** Attributes of any version; one is required when all of them require it. */
function attributes(versions: readonly OperatorSchema[]): string {
  const names = new Set(versions.flatMap((version) => Object.keys(version.attributes)));
  if (names.size === 0) return 'Record<string, never>';
  const properties = [...names].sort().map((name) => {
    const found = versions.map((version) => version.attributes[name]);
    const kinds = new Set(found.flatMap((attribute) => (attribute ? [aliasOf(attribute.kind)] : [])));
    const required = found.every((attribute) => attribute?.required);
    return `${name}${required ? '' : '?'}: ${[...kinds].join(' | ')}`;
  });
  return `{ ${properties.join('; ')} }`;
}
