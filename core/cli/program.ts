import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { EXIT, MarnetError } from '../errors.ts';
import { nearest } from '../schema/index.ts';
import { VERSION } from '../wrap/version.ts';
import { adapterOption, adaptersOf } from './arguments/adapters.ts';
import { type Finish, isHelp, newCommand } from './arguments/command.ts';
import { reportFailure } from './output/failure.ts';
import type { Io } from './output/io.ts';

type Load = (io: Io, finish: Finish, argv: readonly string[]) => Promise<Command>;

const takingAdapters =
  (load: Load): Load =>
  async (...given) =>
    (await load(...given)).addOption(adapterOption());

/** The commands in the help's order. One is loaded, with what it imports, when it is to run or the help is to list it. */
const COMMANDS: Readonly<Record<string, Load>> = {
  wrap: async (io, _, argv) => (await import('./wrap.ts')).wrapCommand(io, argv),
  inspect: takingAdapters(async (io, finish) => (await import('./inspect.ts')).inspectCommand(io, finish)),
  eval: takingAdapters(async (io, finish) => (await import('./eval.ts')).evalCommand(io, finish)),
  predict: takingAdapters(async (io, finish) => (await import('./predict.ts')).predictCommand(io, finish)),
  unwrap: takingAdapters(async (io, finish) => (await import('./unwrap.ts')).unwrapCommand(io, finish)),
  adapters: takingAdapters(async (io, finish) => (await import('./adapters.ts')).adaptersCommand(io, finish)),
  matrix: takingAdapters(async (io, finish) => (await import('./matrix.ts')).matrixCommand(io, finish)),
  scaffold: takingAdapters(async (io, finish) => (await import('./scaffold.ts')).scaffoldCommand(io, finish)),
  client: takingAdapters(async (io, finish) => (await import('./client.ts')).clientCommand(io, finish)),
  data: async (io, finish) => (await import('./data.ts')).dataCommand(io, finish),
  vectors: async (io, finish) => (await import('./vectors.ts')).vectorsCommand(io, finish),
  demo: async (io, finish) => (await import('./demo.ts')).demoCommand(io, finish),
  doctor: async (io, finish) => (await import('./doctor.ts')).doctorCommand(io, finish),
};
/** What runs where no command is named. */
const DEFAULT = 'wrap';
const HELP = 'help';

/** Runs the command line without ever ending the process. @param argv the words after the command's name. @returns the exit code. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.done;
  let release = (): void => {};
  try {
    const program = await buildProgram(argv, io, (code) => {
      exitCode = code;
    });
    if (argv.length === 0) {
      io.err(program.helpInformation());
      return EXIT.usage;
    }
    refuseMistypedCommand(argv[0]!);
    program.hook('preAction', async (_, command) => {
      release = await adaptersOf(io, command);
    });
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (isHelp(error)) return EXIT.done;
    return reportFailure(io, error, argv.includes('--json'));
  } finally {
    release();
  }
}

async function buildProgram(argv: readonly string[], io: Io, finish: Finish): Promise<Command> {
  const program = newCommand(
    io,
    'marnet-wrap',
    'Fine-tunes an image classifier (ONNX or TensorFlow.js) on images with text, and writes one merged model that takes its place.',
    [
      'marnet-wrap demo                                        watch it work, on data made on the spot',
      'marnet-wrap model.onnx --data ./photos                  the main job',
      'marnet-wrap model.onnx --data ./photos --tune full      train every weight',
      'marnet-wrap inspect model.onnx                          what it would work with',
      'marnet-wrap data ./photos                               what is in the data, and what is wrong with it',
      'marnet-wrap eval merged.onnx --data ./photos --base model.onnx',
      'marnet-wrap predict merged.onnx photo.jpg',
      'marnet-wrap doctor                                      which devices work here',
    ],
  );
  program.usage('MODEL --data FOLDER [options]\n       marnet-wrap COMMAND …');
  program.version(VERSION, '-V, --version', 'show the version');
  program.helpCommand(`${HELP} [command]`, 'show the help of a command');
  program.commandsGroup('Commands:');
  for (const name of namesNeeded(argv[0])) {
    const command = await COMMANDS[name]!(io, finish, argv);
    program.addCommand(command, { isDefault: name === DEFAULT });
    // The main job needs no command's name, so its options belong on the first page.
    if (name === DEFAULT)
      program.configureHelp({
        visibleOptions: () => [
          ...command.createHelp().visibleOptions(command),
          ...program.options.filter((option) => option.long === '--version'),
        ],
      });
  }
  return program;
}

/** The commands that a first word can lead to: itself, the default for a model, and any where it is an option. */
function namesNeeded(word: string | undefined): readonly string[] {
  if (word === undefined || word === HELP || word.startsWith('-')) return Object.keys(COMMANDS);
  return [Object.hasOwn(COMMANDS, word) ? word : DEFAULT];
}

/** "inspct" would be taken for a model's file; a word this near to a command's name is a slip. */
function refuseMistypedCommand(word: string): void {
  if (!/^[a-z]+$/i.test(word) || existsSync(word)) return;
  const names = [...Object.keys(COMMANDS), HELP];
  if (names.includes(word)) return;
  const near = nearest(word, names);
  throw new MarnetError('usage', `no command or model "${word}"${near ? `; did you mean ${near}?` : ''}`, {
    hint: `Commands: ${names.join(', ')}. For the main job, give a model's file: marnet-wrap model.onnx --data FOLDER`,
  });
}
