import { describe, expect, it } from 'vitest';
import { tableText } from '../../core/report/index.ts';

const HEAD = ['class', 'images', 'F1'];
const ROWS = [
  ['crème brûlée', '1,204', '93.1 %'],
  ['pho', '7', '-'],
  ['寿司', '32', '+4.2 ± 1.1'],
];

describe('tables', () => {
  it('print plainly where there is no terminal, numbers to the right', () => {
    expect(tableText(HEAD, ROWS, { terminal: false })).toBe(
      [
        'class         images          F1',
        'crème brûlée   1,204      93.1 %',
        'pho                7           -',
        '寿司              32  +4.2 ± 1.1',
        '',
      ].join('\n'),
    );
  });

  it('have lines and colours in a terminal, and the same cells', () => {
    const text = tableText(HEAD, ROWS, { terminal: true });
    expect(text).toContain('│');
    expect(text).toContain('\u001b[');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is taken out are colours.
    const plain = text.replaceAll(/\u001b\[\d+m/g, '');
    for (const cell of [...HEAD, ...ROWS.flat()]) expect(plain).toContain(cell);
    const widths = new Set(
      plain
        .trimEnd()
        .split('\n')
        .filter((line) => !line.includes('寿司'))
        .map((line) => line.length),
    );
    expect(widths.size).toBe(1);
  });

  it('set a column to the left when one cell is no number', () => {
    const text = tableText(
      ['a', 'b'],
      [
        ['x', '1'],
        ['y', 'one of two'],
      ],
      { terminal: false },
    );
    expect(text.split('\n')[1]).toBe('x  1');
  });

  it('print a head alone, and refuse ragged rows', () => {
    expect(tableText(['a', 'b'], [], { terminal: false })).toBe('a  b\n');
    expect(() => tableText(['a', 'b'], [['1']], { terminal: false })).toThrow(
      'a row of 1 cells in a table of 2 columns',
    );
  });
});
