/** The source of a scaffolded adapter: one declaration that later runs write anew, and the rest, which is its owner's. */
import { type JSDocStructure, type SourceFile, StructureKind, type VariableDeclaration } from 'ts-morph';
import { MarnetError } from '../../core/errors.ts';
import { commentText, indented, literal, quoted } from '../source/literal.ts';
import { sourceProject } from '../source/project.ts';
import type { ScaffoldFacts, ScaffoldNotes } from './facts.ts';

/** The declaration that is generated. */
const NAME = 'generated';

/** A new adapter. @param name the adapter's. */
export function newAdapterFile(name: string, facts: ScaffoldFacts, notes: ScaffoldNotes): string {
  const file = sourceFile(`import { defineAdapter } from 'marnet-wrap';

const ${NAME} = {};

export default defineAdapter({
  name: ${quoted(name)},
  about: ${quoted(`the network of ${notes.source}`)},
  // One single model goes before families and exporters.
  specificity: 100,
  matches(graph) {
    const other = Object.entries(${NAME}.weights).find(
      ([weight, dims]) => graph.constants.get(weight)?.dims.join() !== dims.join(),
    );
    return other
      ? { matches: false, because: \`it has no weight "\${other[0]}" [\${other[1].join(', ')}]\` }
      : { matches: true, because: 'it has the weights of this network' };
  },
  features: () => ${NAME}.features,
  stages: () => ${NAME}.stages,
  preprocess: () => ${NAME}.preprocess,${facts.loraTargets ? `\n  loraTargets: () => ${NAME}.loraTargets,` : ''}
});
`);
  return withGenerated(file, file.getVariableDeclarationOrThrow(NAME), facts, notes);
}

/**
 * The file with its generated declaration written anew; everything else stays to the letter.
 * @throws MarnetError 'usage' where it has none.
 */
export function updatedAdapterFile(
  text: string,
  path: string,
  facts: ScaffoldFacts,
  notes: ScaffoldNotes,
): string {
  const file = sourceFile(text);
  const declaration = file.getVariableDeclaration(NAME);
  if (!declaration)
    throw new MarnetError(
      'usage',
      `${path} is there already, and declares no "${NAME}" that could be written anew`,
      {
        hint: 'Give another path with --out, or take the file away.',
      },
    );
  return withGenerated(file, declaration, facts, notes);
}

function withGenerated(
  file: SourceFile,
  declaration: VariableDeclaration,
  facts: ScaffoldFacts,
  notes: ScaffoldNotes,
): string {
  const text = initializer(facts);
  const old = declaration.getInitializer();
  if (old) old.replaceWithText(text);
  else declaration.setInitializer(text);
  const statement = declaration.getVariableStatementOrThrow();
  for (const doc of statement.getJsDocs()) doc.remove();
  statement.addJsDoc(comment(notes));
  return file.getFullText();
}

function sourceFile(text: string): SourceFile {
  return sourceProject().createSourceFile('adapter.ts', text);
}

function comment({ source, sha256, candidates, known, preprocessFrom }: ScaffoldNotes): JSDocStructure {
  const lines = candidates.map(
    ({ value, shape, reason }, i) =>
      `${i === 0 ? 'Taken' : 'Or'}: ${value} [${shape.join(', ')}]: ${reason}.`,
  );
  const description = [
    `What \`marnet-wrap scaffold\` read off ${source} (SHA-256 ${sha256.slice(0, 16)}…). The next run writes it anew: change`,
    'what uses it, not this.',
    '',
    `Without this adapter: ${known}. Preprocessing ${preprocessFrom === 'assumed' ? 'is assumed: set what the model was trained with' : `is from the ${preprocessFrom}`}.`,
    '',
    'Candidates for the features:',
    ...lines.map((line) => `- ${line}`),
  ];
  return { kind: StructureKind.JSDoc, description: `\n${commentText(description.join('\n'))}` };
}

function initializer({ weights, features, stages, loraTargets, preprocess }: ScaffoldFacts): string {
  const fields = [
    `/** Tell this network from others. */\nweights: ${literal(weights)} as Readonly<Record<string, readonly number[]>>`,
    `features: ${quoted(features)}`,
    `/** From the image up; \`--tune last:N\` counts these. */\nstages: ${literal(stages)}`,
    ...(loraTargets ? [`loraTargets: ${literal(loraTargets)}`] : []),
    `preprocess: ${literal(preprocess)} as const`,
  ];
  return `{\n${fields.map((field) => indented(`${field},`)).join('\n')}\n}`;
}
