import type { Command } from 'commander';
import { type Finish, needed, newCommand } from './arguments/command.ts';
import type { Io } from './output/io.ts';

/** `marnet-wrap scaffold MODEL --out FILE` */
export function scaffoldCommand(io: Io, _finish: Finish): Command {
  return newCommand(
    io,
    'scaffold',
    'Writes an adapter for a model, with a test beside it; run again, it keeps what a person wrote.',
    ['marnet-wrap scaffold model.onnx --out my.adapter.ts'],
  )
    .argument('<model>', 'a classifier (ONNX, or TensorFlow.js)')
    .option('-o, --out <file>', 'the adapter, .ts')
    .action(async (model: string, options: { readonly out?: string }, command: Command) => {
      const out = needed(command, '--out <file>', options.out);
      const { scaffold } = await import('../../codegen/scaffold/index.ts');
      const { adapter, test, updated } = await scaffold(model, out);
      io.out(`${updated ? 'Updated' : 'Written'}: ${adapter}, and its test: ${test}\n`);
      io.out(`Try it: marnet-wrap inspect ${model} --adapter ${adapter}\n`);
    });
}
