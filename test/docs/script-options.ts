/** Options of this project's scripts, as their call of `parseArgs` declares them. */
import { join } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Node, Project, SyntaxKind } from 'ts-morph';
import { ROOT } from './markdown.ts';

/** @returns what is wrong with the arguments of a script, as `parseArgs` says. */
export function wrongArguments(script: string, args: readonly string[]): string[] {
  const declared = declaredBy(script);
  // A script that does not declare what it takes reads files and numbers by their place.
  if (!declared)
    return args.filter((arg) => arg.startsWith('-')).map((arg) => `${script} does not take ${arg}`);
  try {
    parseArgs({ args: [...args], ...declared });
    return [];
  } catch (error) {
    return [`${script}: ${(error as Error).message}`];
  }
}

function declaredBy(script: string) {
  const source = new Project({ skipAddingFilesFromTsConfig: true }).addSourceFileAtPath(join(ROOT, script));
  const call = source
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .find((node) => node.getExpression().getText() === 'parseArgs');
  if (!call) return undefined;
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name, value] of propertiesOf(propertiesOf(call.getArguments()[0]).get('options'))) {
    const type = propertiesOf(value).get('type')?.getText();
    options[name] = { type: type === "'boolean'" ? 'boolean' : 'string' };
  }
  const positionals = propertiesOf(call.getArguments()[0]).get('allowPositionals');
  return { options, allowPositionals: positionals?.getText() === 'true' };
}

function propertiesOf(node: Node | undefined): Map<string, Node> {
  const properties = new Map<string, Node>();
  for (const property of Node.isObjectLiteralExpression(node) ? node.getProperties() : [])
    if (Node.isPropertyAssignment(property))
      properties.set(property.getName().replace(/^'|'$/g, ''), property.getInitializerOrThrow());
  return properties;
}
