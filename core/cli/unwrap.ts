import type { Command } from 'commander';
import type { UnwrappedFile } from '../export/index.ts';
import { type Finish, needed, newCommand } from './arguments/command.ts';
import type { Io } from './output/io.ts';
import { bytes, count } from './output/numbers.ts';

/** `marnet-wrap unwrap MODEL --out FILE` */
export function unwrapCommand(io: Io, _finish: Finish): Command {
  return newCommand(io, 'unwrap', 'Takes the heads off a merged model and writes the original one back.', [
    'marnet-wrap unwrap merged.onnx --out original.onnx',
  ])
    .argument('<model>', "a merged model that kept the original's classes")
    .option('--out <file>', 'where the original goes')
    .action(async (model: string, options: { readonly out?: string }, command: Command) => {
      const out = needed(command, '--out <file>', options.out);
      const { loadModel } = await import('../index.ts');
      const { unwrapTo } = await import('../export/index.ts');
      const unwrapped = await unwrapTo(await loadModel(model), out);
      io.out(`Written: ${unwrapped.path} (${bytes(unwrapped.size)}), ${likeness(unwrapped)}\n`);
    });
}

function likeness({ exact, changedWeights, baseSha256 }: UnwrappedFile): string {
  if (exact) return `the original to the byte (SHA-256 ${baseSha256})`;
  return changedWeights.length > 0
    ? `the original's graph; ${count(changedWeights.length, 'weight')} that tuning changed stay changed`
    : `the merged model without its heads, but not the original to the byte: its SHA-256 is not ${baseSha256}, which the merged file gives as the original's`;
}
