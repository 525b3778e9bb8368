import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './markdown.ts';

/**
 * Compiles the TypeScript files of a folder under this project's own settings, as users of the package would.
 * @param more settings beside them; `noEmit: false` writes the JavaScript beside the sources.
 * @returns what the compiler complains of; empty where it does not.
 */
export async function compileFolder(
  folder: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const project = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      paths: { 'marnet-wrap': [join(ROOT, 'core/index.ts')] },
      typeRoots: [join(ROOT, 'node_modules/@types')],
      ...more,
    },
    include: ['*.ts'],
  };
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(project));
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  try {
    await promisify(execFile)(process.execPath, [compiler, '--project', folder, '--pretty', 'false']);
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return stdout + stderr;
  }
}
