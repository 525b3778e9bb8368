import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { Unwrapped } from '../export/index.ts';
import { type Finish, needed, newCommand } from './arguments/command.ts';
import type { Io } from './output/io.ts';
import { count, bytes as sizeText } from './output/numbers.ts';

/** `marnet-wrap unwrap MODEL --out FILE` */
export function unwrapCommand(io: Io, _finish: Finish): Command {
  return newCommand(io, 'unwrap', 'Takes the heads off a merged model and writes the original one back.', [
    'marnet-wrap unwrap merged.onnx --out original.onnx',
  ])
    .argument('<model>', 'a model that marnet-wrap wrote')
    .option('--out <file>', 'where the original goes')
    .action(async (model: string, options: { readonly out?: string }, command: Command) => {
      const out = needed(command, '--out <file>', options.out);
      const { loadModel } = await import('../index.ts');
      const { checkOutputPath, unwrap } = await import('../export/index.ts');
      checkOutputPath(out, model);
      const unwrapped = await unwrap(await loadModel(model));
      await writeWhole(out, unwrapped.bytes);
      io.out(`Written: ${out} (${sizeText(unwrapped.bytes.length)}), ${likeness(unwrapped)}\n`);
    });
}

/** Beside its place first, so that a full disk leaves no half of a model there. */
async function writeWhole(path: string, data: Uint8Array): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await writeFile(beside, data);
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}

function likeness({ exact, changedWeights, baseSha256 }: Unwrapped): string {
  if (exact) return `the original to the byte (SHA-256 ${baseSha256})`;
  return changedWeights.length > 0
    ? `the original's graph; ${count(changedWeights.length, 'weight')} that tuning changed stay changed`
    : `the original's graph, but not its bytes: the merged file was changed since it was written`;
}
