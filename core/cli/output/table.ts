import Table from 'cli-table3';
import pc from 'picocolors';
import type { Io } from './io.ts';

/** Columns without lines around them: the first to the left, the others to the right. */
export function tableText(io: Io, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
  const sides = { 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '' };
  const colours = pc.createColors(io.colours.out);
  const table = new Table({
    head: head.map((text) => colours.bold(text)),
    colAligns: head.map((_, i) => (i === 0 ? 'left' : 'right')),
    chars: { ...none, ...sides, right: '', 'right-mid': '', middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  for (const row of rows) table.push([...row]);
  return `${table.toString().replaceAll(/[^\S\n]+$/gm, '')}\n`;
}
