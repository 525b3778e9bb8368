/**
 * Assembles the WebAssembly of core/train/kernel and writes it as a module, so that the package needs neither an
 * assembler nor a file beside its code. Run it (`npm run generate`) after changing the .wat; a test compares the two.
 */
import { readFile, writeFile } from 'node:fs/promises';
import wabt from 'wabt';

export const SOURCE = new URL('../core/train/kernel/adamw.wat', import.meta.url);
export const MODULE = new URL('../core/train/kernel/adamw-module.ts', import.meta.url);

/** The text of the module. */
export async function assemble(): Promise<string> {
  const { parseWat } = await wabt();
  const parsed = parseWat('adamw.wat', await readFile(SOURCE, 'utf8'), { simd: true });
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  const lines = Buffer.from(buffer)
    .toString('base64')
    .match(/.{1,100}/g)!
    .map((line) => `  '${line}',`);
  return `// Assembled from adamw.wat by scripts/assemble-kernels.ts.\nexport const ADAMW_MODULE = [\n${lines.join('\n')}\n].join('');\n`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) await writeFile(MODULE, await assemble());
