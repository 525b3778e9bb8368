/**
 * Assembles the WebAssembly of the package and writes each as a module, so that it needs neither an assembler nor a
 * file beside its code. Run it (`npm run generate`) after changing a .wat; a test compares the two.
 */
import { readFile, writeFile } from 'node:fs/promises';
import wabt from 'wabt';

/** Beside `<name>.wat` lies `<name>-module.ts`. */
export const KERNELS = ['core/data/pixels/kernel/pixels', 'core/train/kernel/adamw'] as const;

export const moduleOf = (kernel: string): URL => new URL(`../${kernel}-module.ts`, import.meta.url);

/** The text of the module. */
export async function assemble(kernel: string): Promise<string> {
  const name = kernel.split('/').at(-1)!;
  const { parseWat } = await wabt();
  const source = await readFile(new URL(`../${kernel}.wat`, import.meta.url), 'utf8');
  const parsed = parseWat(`${name}.wat`, source, { simd: true });
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  const lines = Buffer.from(buffer)
    .toString('base64')
    .match(/.{1,100}/g)!
    .map((line) => `  '${line}',`);
  return `// Assembled from ${name}.wat by scripts/assemble-kernels.ts.\nexport const ${name.toUpperCase()}_MODULE = [\n${lines.join('\n')}\n].join('');\n`;
}

if (process.argv[1] === new URL(import.meta.url).pathname)
  for (const kernel of KERNELS) await writeFile(moduleOf(kernel), await assemble(kernel));
