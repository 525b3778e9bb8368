/** What scripts write into docs/tensorflow.md, each between two comments with its name. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TRANSLATIONS } from '../../adapters/tfjs/graph-model/ops/index.ts';
import { LAYERS } from '../../adapters/tfjs/layers-model/layers/index.ts';
import { TRANSLATED_OPS } from '../../adapters/tfjs/write/index.ts';

const PAGE = join(import.meta.dirname, '../../docs/tensorflow.md');

export type Part = 'ops' | 'layers' | 'written' | 'parity' | 'keras' | 'engines' | 'frozen';

const partPattern = (part: Part): RegExp => new RegExp(`(<!-- ${part} -->\n\n)([^]*?)(\n<!-- /${part} -->)`);

/** @throws when the page lacks the two comments. */
export function readPart(part: Part): string {
  const found = partPattern(part).exec(readFileSync(PAGE, 'utf8'));
  if (!found) throw new Error(`docs/tensorflow.md has no part "${part}"`);
  return found[2]!;
}

export function writePart(part: Part, text: string): void {
  readPart(part);
  const page = readFileSync(PAGE, 'utf8');
  writeFileSync(
    PAGE,
    page.replace(partPattern(part), (_, open, _before, close) => `${open}${text}${close}`),
  );
}

const listed = (names: Iterable<string>): string => {
  const sorted = [...names].sort((a, b) => a.localeCompare(b, 'en'));
  return `${sorted.map((name) => `\`${name}\``).join(' ')}\n`;
};

/** Ops of graph-models that are read, layers of layers-models, and ONNX ops that are written. */
export function opLists(): Readonly<Record<'ops' | 'layers' | 'written', string>> {
  return {
    ops: listed(Object.keys(TRANSLATIONS)),
    layers: listed(LAYERS.keys()),
    written: listed(TRANSLATED_OPS),
  };
}

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return `${line(header)}|${header.map(() => '---').join('|')}|\n${rows.map(line).join('')}`;
}
