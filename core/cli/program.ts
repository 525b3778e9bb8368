import { existsSync } from 'node:fs';
import type { Command, Option } from 'commander';
import { EXIT, MarnetError } from '../errors.ts';
import { VERSION } from '../wrap/version.ts';
import { adaptersCommand } from './adapters.ts';
import { adapterOption, adaptersOf } from './arguments/adapters.ts';
import { type Finish, isHelp, newCommand } from './arguments/command.ts';
import { nearest } from './arguments/nearest.ts';
import { clientCommand } from './client.ts';
import { dataCommand } from './data.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { evalCommand } from './eval.ts';
import { inspectCommand } from './inspect.ts';
import { matrixCommand } from './matrix.ts';
import { reportFailure } from './output/failure.ts';
import type { Io } from './output/io.ts';
import { predictCommand } from './predict.ts';
import { scaffoldCommand } from './scaffold.ts';
import { unwrapCommand } from './unwrap.ts';
import { vectorsCommand } from './vectors.ts';
import { wrapCommand } from './wrap.ts';

/** Runs the command line without ever ending the process. @param argv the words after the command's name. @returns the exit code. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.done;
  let release = (): void => {};
  try {
    const program = buildProgram(argv, io, (code) => {
      exitCode = code;
    });
    if (argv.length === 0) {
      io.err(program.helpInformation());
      return EXIT.usage;
    }
    refuseMistypedCommand(program, argv[0]!);
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

function buildProgram(argv: readonly string[], io: Io, finish: Finish): Command {
  const wrap = wrapCommand(io, argv);
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
  program.helpCommand('help [command]', 'show the help of a command');
  program.commandsGroup('Commands:');
  program.addCommand(wrap, { isDefault: true });
  const commands = [
    inspectCommand,
    evalCommand,
    predictCommand,
    unwrapCommand,
    adaptersCommand,
    matrixCommand,
    scaffoldCommand,
    clientCommand,
  ];
  for (const build of commands) program.addCommand(build(io, finish).addOption(adapterOption()));
  for (const build of [dataCommand, vectorsCommand, demoCommand, doctorCommand])
    program.addCommand(build(io, finish));
  // The main job needs no command's name, so its options belong on the first page.
  program.configureHelp({
    visibleOptions: () => [...wrap.createHelp().visibleOptions(wrap), versionOption(program)],
  });
  return program;
}

function versionOption(program: Command): Option {
  return program.options.find((option) => option.long === '--version')!;
}

/** "inspct" would be taken for a model's file; a word this near to a command's name is a slip. */
function refuseMistypedCommand(program: Command, word: string): void {
  if (!/^[a-z]+$/i.test(word) || existsSync(word)) return;
  const names = [...program.commands.map((command) => command.name()), 'help'];
  if (names.includes(word)) return;
  const near = nearest(word, names);
  throw new MarnetError('usage', `no command or model "${word}"${near ? `; did you mean ${near}?` : ''}`, {
    hint: `Commands: ${names.join(', ')}. For the main job, give a model's file: marnet-wrap model.onnx --data FOLDER`,
  });
}
