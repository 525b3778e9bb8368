/** As much of a shell as the documents' examples use: quotes, `*` in a file name, `> file`, `| other`. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Line {
  readonly words: readonly string[];
  /** Where standard output goes. */
  readonly into: string | undefined;
}

/** The first command of a line; file patterns are resolved in the working folder. */
export function parseLine(text: string): Line {
  const tokens = [...text.matchAll(/"([^"]*)"|'([^']*)'|(>|\|)|([^\s>|"']+)/g)];
  const words: string[] = [];
  let into: string | undefined;
  for (let i = 0; i < tokens.length; i++) {
    const [, double, single, operator, bare] = tokens[i]!;
    if (operator === '|') break;
    if (operator === '>') into = tokens[++i]![4]!;
    else if (bare !== undefined) words.push(...expand(bare));
    else words.push((double ?? single)!);
  }
  return { words, into };
}

function expand(word: string): string[] {
  if (!word.includes('*')) return [word];
  const folder = dirname(word);
  const escaped = word
    .slice(folder === '.' && !word.startsWith('./') ? 0 : folder.length + 1)
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*');
  const found = readdirSync(folder)
    .filter((name) => new RegExp(`^${escaped}$`).test(name))
    .sort();
  return found.length > 0 ? found.map((name) => join(folder, name)) : [word];
}
