// Writes docs/reference/, the reference of the public API, from the docstrings behind core/index.ts. Fails for an export
// without docstring, a type in a signature that is not exported, and a link that leads nowhere.
//
// usage: npm run docs            write it
//        npm run docs -- --check   compare instead: is it what would be written?
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { register } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FOLDER = 'docs/reference';
const check = process.argv.includes('--check');

// TypeDoc works on the compiler's API in JavaScript, which TypeScript has up to 6.
const resolve = `export const resolve = (name, context, next) => next(name === 'typescript' ? 'typescript-6' : name, context);`;
register(`data:text/javascript,${encodeURIComponent(resolve)}`);
const { Application, PageEvent } = await import('typedoc');

const out = check ? mkdtempSync(join(tmpdir(), 'marnet-reference-')) : FOLDER;
const app = await Application.bootstrapWithPlugins({
  plugin: ['typedoc-plugin-markdown'],
  entryPoints: ['core/index.ts'],
  tsconfig: 'tsconfig.json',
  name: 'marnet-wrap: reference of the API',
  readme: 'none',
  out,
  disableSources: true,
  excludePrivate: true,
  skipErrorChecking: true, // The type check of the project has been there.
  logLevel: 'Warn',
  validation: { notExported: true, invalidLink: true, rewrittenLink: true, notDocumented: true },
  treatWarningsAsErrors: true,
  requiredToBeDocumented: ['Class', 'Interface', 'TypeAlias', 'Function', 'Variable', 'Method', 'Accessor'],
  intentionallyNotExported: ['DTYPE_NUMBER', 'DEVICE_KINDS', 'Json', 'OperatorSignatures', 'Role'],
  hideBreadcrumbs: true,
  hidePageHeader: true,
  useCodeBlocks: true,
});
// That some options are described by a schema library is nothing to their reader.
app.renderer.on(PageEvent.END, (page) => {
  page.contents = page.contents
    ?.replace(/## Extends\n\n- `Infer(?:Input|Output)`\\<.*\n\n/g, '')
    .replace(/#+ Inherited from\n\n`v\..*`\n\n?/g, '');
});
const project = await app.convert();
if (!project) process.exit(1);
app.validate(project);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);
await app.generateOutputs(project);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);

if (check) {
  const filesOf = (folder) =>
    new Map(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((file) => [file.slice(folder.length + 1), readFileSync(file, 'utf8')]),
    );
  const [fresh, old] = [filesOf(out), filesOf(FOLDER)];
  rmSync(out, { recursive: true });
  const stale = [...new Set([...fresh.keys(), ...old.keys()])].filter(
    (file) => fresh.get(file) !== old.get(file),
  );
  if (stale.length > 0) {
    console.error(`${FOLDER} is stale, in ${stale.join(', ')}: run \`npm run docs\``);
    process.exit(1);
  }
}
