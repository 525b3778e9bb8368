/** Commands that report wrong usage as MarnetErrors, with the nearest valid name. */
import { Command, type CommanderError, type Option } from 'commander';
import { MarnetError } from '../../errors.ts';
import { nearest } from '../../schema/index.ts';
import type { Io } from '../output/io.ts';

/** Tells the exit code of a command that did not throw. */
export type Finish = (exitCode: number) => void;

/** A command with help, examples and our way of refusing. */
export function newCommand(io: Io, name: string, summary: string, examples: readonly string[]): Command {
  const command = new Command(name)
    .summary(summary)
    .description(summary)
    .helpOption('-h, --help', 'show this help')
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      // Told by whoever catches the error, once.
      outputError: () => {},
      getOutHelpWidth: () => 110,
      getErrHelpWidth: () => 110,
    })
    .addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`);
  command.exitOverride((error) => {
    throw isHelp(error) ? error : usageError(command, error);
  });
  return command;
}

/** Whether commander stopped because help or the version was asked for, and printed. */
export function isHelp(error: unknown): boolean {
  const { code } = error as CommanderError;
  return code === 'commander.helpDisplayed' || code === 'commander.help' || code === 'commander.version';
}

function usageError(command: Command, error: CommanderError): MarnetError {
  const message = error.message.replace(/^error: /, '');
  const help = `See "${fullName(command)} --help".`;
  if (error.code === 'commander.unknownOption') {
    const flag = /'([^']*)'/.exec(message)?.[1]?.replace(/=.*/, '') ?? '';
    const flags = command.options.flatMap((option: Option) => (option.long ? [option.long] : []));
    const near = nearest(flag, [...flags, '--help']);
    return new MarnetError('usage', `no option ${flag}${near ? `; did you mean ${near}?` : ''}`, {
      hint: help,
    });
  }
  return new MarnetError('usage', message, { hint: help });
}

/**
 * An option's value that must be given. Asked for here and not by commander, which would tell of the missing `--data`
 * before the mistyped `--dta`.
 */
export function needed(command: Command, flags: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new MarnetError('usage', `the option ${flags} is missing`, {
    hint: `See "${fullName(command)} --help".`,
  });
}

function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}
