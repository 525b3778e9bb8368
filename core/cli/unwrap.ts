import type { Command } from 'commander';
import { type Finish, needed, newCommand } from './arguments/command.ts';
import type { Io } from './output/io.ts';
import { bytes } from './output/numbers.ts';

/** `marnet-wrap unwrap MODEL --out FILE` */
export function unwrapCommand(io: Io, _finish: Finish): Command {
  return newCommand(io, 'unwrap', 'Takes the heads off a merged model and writes the original one back.', [
    'marnet-wrap unwrap merged.onnx --out original.onnx',
  ])
    .argument('<model>', 'a model that marnet-wrap wrote')
    .option('--out <file>', 'where the original goes')
    .action(async (model: string, options: { readonly out?: string }, command: Command) => {
      const out = needed(command, '--out <file>', options.out);
      const { unwrapModel } = await import('../index.ts');
      const { path, size } = await unwrapModel(model, out);
      io.out(`Written: ${path} (${bytes(size)})\n`);
    });
}
