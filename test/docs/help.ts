/** What the program's own help says, for what documents say of it. */
import { command } from '../cli/io.ts';

/** The words that stand for commands: 'wrap', 'inspect', …, 'help'. */
export async function commandNames(): Promise<string[]> {
  const { stdout } = await command('--help');
  const [, list = ''] = /^Commands:\n((?: .*\n)+)/m.exec(stdout) ?? [];
  return [...list.matchAll(/^ {2}([a-z]+)/gm)].map((match) => match[1]!);
}

export async function helpOf(name: string): Promise<string> {
  return (await command(name, '--help')).stdout;
}
