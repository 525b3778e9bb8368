/**
 * One file made of declarations of several modules: those that are asked for, and what they use, so that a program
 * that is written for a user has the very code that this project runs and tests.
 */
import path from 'node:path';
import {
  type ImportDeclaration,
  type ImportSpecifier,
  Node,
  type Project,
  type SourceFile,
  type Statement,
  SyntaxKind,
} from 'ts-morph';

export interface GatherRequest {
  readonly project: Project;
  /** Declarations to begin with, by the paths of their modules, in the order in which they are to stand. */
  readonly wanted: readonly { readonly module: string; readonly names: readonly string[] }[];
  /** Modules to take instead of others: paths by paths. They declare the same names. */
  readonly instead: ReadonlyMap<string, string>;
  /** Packages to import instead of others, by name. */
  readonly packages: ReadonlyMap<string, string>;
}

export interface Gathered {
  readonly imports: readonly string[];
  readonly statements: readonly string[];
  /** Paths of the modules that they come from. */
  readonly modules: ReadonlySet<string>;
  /** Names of the packages that are imported, those of Node left out. */
  readonly packages: readonly string[];
}

/** Only the declarations that are asked for are exported. */
export function gather({ project, wanted, instead, packages }: GatherRequest): Gathered {
  const exported = new Set(wanted.flatMap(({ names }) => names));
  const statements = new Map<Statement, string>();
  const owners = new Map<string, SourceFile>();
  const imports = new ImportList(packages);
  const modules = new Set<string>();

  const visit = (module: string, name: string): void => {
    const file = project.addSourceFileAtPath(instead.get(module) ?? module);
    const statement = declarationOf(file, name);
    if (!statement) {
      if (!follow(file, name)) throw new Error(`${file.getFilePath()} has no ${name}`);
      return;
    }
    if (statements.has(statement)) return;
    const owner = owners.get(name);
    if (owner && owner !== file)
      throw new Error(`${name} is declared in ${owner.getFilePath()} and in ${file.getFilePath()}`);
    owners.set(name, file);
    modules.add(file.getFilePath());
    statements.set(statement, textOf(statement, exported.has(name)));
    for (const used of usedNames(statement)) {
      if (declarationOf(file, used)) visit(file.getFilePath(), used);
      else follow(file, used);
    }
  };
  /** @returns whether the file imports the name. */
  const follow = (file: SourceFile, name: string): boolean => {
    for (const declaration of file.getImportDeclarations()) {
      const specifier = declaration.getNamedImports().find((each) => each.getName() === name);
      const target = declaration.getModuleSpecifierValue();
      if (!target.startsWith('.') && imports.add(declaration, name, specifier)) return true;
      if (target.startsWith('.') && specifier) {
        visit(path.join(path.dirname(file.getFilePath()), target), name);
        return true;
      }
    }
    return false;
  };
  for (const { module, names } of wanted) for (const name of names) visit(module, name);
  return {
    imports: imports.lines(),
    statements: [...statements.values()],
    modules,
    packages: imports.packages(),
  };
}

function declarationOf(file: SourceFile, name: string): Statement | undefined {
  return (
    file.getFunction(name) ??
    file.getInterface(name) ??
    file.getTypeAlias(name) ??
    file.getClass(name) ??
    file.getVariableStatement((statement) =>
      statement.getDeclarations().some((declaration) => declaration.getName() === name),
    )
  );
}

/** Names that stand for something, in the order in which they come; those of properties do not. */
function usedNames(statement: Statement): Set<string> {
  const used = statement.getDescendantsOfKind(SyntaxKind.Identifier).filter((identifier) => {
    const parent = identifier.getParent();
    const isName =
      Node.isPropertyAccessExpression(parent) ||
      Node.isPropertyAssignment(parent) ||
      Node.isPropertySignature(parent) ||
      Node.isMethodSignature(parent) ||
      Node.isMethodDeclaration(parent)
        ? parent.getNameNode() === identifier
        : Node.isBindingElement(parent) && parent.getPropertyNameNode() === identifier;
    return !isName;
  });
  return new Set(used.map((identifier) => identifier.getText()));
}

/** The declaration with its comment; a file's first one has the file's comment before its own. */
function textOf(statement: Statement, exported: boolean): string {
  const docs = Node.isJSDocable(statement) ? statement.getJsDocs() : [];
  const doc = docs.at(-1)?.getText();
  const text = statement.getText().replace(/^export /, '');
  return `${doc ? `${doc}\n` : ''}${exported ? 'export ' : ''}${text}`;
}

/** What is imported of packages, without doubles. */
class ImportList {
  readonly #instead: ReadonlyMap<string, string>;
  readonly #found = new Map<string, { whole?: string; names: Map<string, boolean> }>();

  constructor(instead: ReadonlyMap<string, string>) {
    this.#instead = instead;
  }

  /** @returns whether the declaration has the name. */
  add(declaration: ImportDeclaration, name: string, specifier: ImportSpecifier | undefined): boolean {
    const isDefault = declaration.getDefaultImport()?.getText() === name;
    const isNamespace = declaration.getNamespaceImport()?.getText() === name;
    if (!specifier && !isDefault && !isNamespace) return false;
    const given = declaration.getModuleSpecifierValue();
    const module = this.#instead.get(given) ?? given;
    const entry = this.#found.get(module) ?? { names: new Map<string, boolean>() };
    this.#found.set(module, entry);
    if (!specifier) {
      entry.whole = isDefault ? name : `* as ${name}`;
      return true;
    }
    const isType = declaration.isTypeOnly() || specifier.isTypeOnly();
    entry.names.set(name, isType && (entry.names.get(name) ?? true));
    return true;
  }

  lines(): string[] {
    return [...this.#found].sort(byNode).map(([module, { whole, names }]) => {
      const sorted = [...names].sort(([a], [b]) => (a < b ? -1 : 1));
      const typesOnly = !whole && sorted.every(([, isType]) => isType);
      const named = sorted.map(([name, isType]) => (isType && !typesOnly ? `type ${name}` : name));
      const parts = [whole, named.length > 0 ? `{ ${named.join(', ')} }` : undefined].filter(Boolean);
      return `import ${typesOnly ? 'type ' : ''}${parts.join(', ')} from '${module}';`;
    });
  }

  packages(): string[] {
    return [...this.#found.keys()].filter((module) => !module.startsWith('node:')).sort();
  }
}

/** Node's own modules first. */
function byNode([a]: [string, unknown], [b]: [string, unknown]): number {
  const order = (module: string): string => `${module.startsWith('node:') ? 0 : 1}${module}`;
  return order(a) < order(b) ? -1 : 1;
}
