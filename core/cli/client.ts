import { type Command, Option } from 'commander';
import { type Finish, needed, newCommand } from './arguments/command.ts';
import type { Io } from './output/io.ts';

interface Options {
  readonly out?: string;
  readonly for?: 'node' | 'browser';
}

const PLACES = { node: 'Node', browser: 'browsers' } as const;

/** `marnet-wrap client MERGED --out FILE` */
export function clientCommand(io: Io, _finish: Finish): Command {
  return newCommand(
    io,
    'client',
    'Writes a typed client of a merged model: TypeScript that loads it and classifies images, for Node or browsers.',
    [
      'marnet-wrap client merged.onnx --out classifier.ts',
      'marnet-wrap client merged.onnx --for browser --out classifier.ts',
    ],
  )
    .argument('<model>', 'a merged model (ONNX, or TensorFlow.js)')
    .option('-o, --out <file>', 'the client, .ts; a client that is there is written anew')
    .addOption(
      new Option(
        '--for <place>',
        'what runs it: node or browser; unless told, node for an ONNX model, browser for a TensorFlow.js model',
      ).choices(['node', 'browser']),
    )
    .action(async (model: string, options: Options, command: Command) => {
      const out = needed(command, '--out <file>', options.out);
      const { generateClient } = await import('../../codegen/client/index.ts');
      const made = await generateClient(model, out, options.for ? { for: options.for } : {});
      const other = made.for === 'node' ? 'browser' : 'node';
      const why = options.for
        ? ''
        : `, as the model is ${made.format === 'onnx' ? 'an ONNX file' : 'one of TensorFlow.js'} (--for ${other}: ${PLACES[other]})`;
      io.out(`${made.updated ? 'Written anew' : 'Written'}: ${made.client}, ${made.labels.length} classes\n`);
      io.out(`For ${PLACES[made.for]}${why}\n`);
      io.out(`It needs: npm install ${made.packages.join(' ')}\n`);
    });
}
