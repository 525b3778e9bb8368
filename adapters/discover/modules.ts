/** TypeScript and JavaScript files of users, run as they are: no build, on any version of Node that this project takes. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { MarnetError } from '../../core/errors.ts';

/** What `import … from 'marnet-wrap'` gives in such a file: this very instance, wherever the file lies. */
export type OwnModules = () => Promise<Readonly<Record<string, unknown>>>;

/**
 * The default export of a file.
 * @throws MarnetError 'usage' when the file does not exist, 'adapter' when it cannot be run or exports nothing by default.
 */
export async function defaultExportOf(file: string, own: OwnModules): Promise<unknown> {
  const full = path.resolve(file);
  if (!existsSync(full))
    throw new MarnetError('usage', `${file} does not exist`, { hint: 'Check the path of the adapter.' });
  const { createJiti } = await import('jiti');
  const jiti = createJiti(full, {
    virtualModules: { ...(await own()) },
    moduleCache: false,
    fsCache: false,
    interopDefault: false,
  });
  let module: { readonly default?: unknown };
  try {
    module = await jiti.import<{ readonly default?: unknown }>(full);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MarnetError('adapter', `${file} cannot be run: ${why}`, {
      hint: 'It is run as an ES module, .ts or .js, whose default export is what defineAdapter gives.',
      cause,
    });
  }
  if (module.default !== undefined) return module.default;
  throw new MarnetError('adapter', `${file} has no default export`, {
    hint: 'Write: export default defineAdapter({ … })',
  });
}
