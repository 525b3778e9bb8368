/** What scripts wrote into docs/tensorflow.md is of the models and ops that are there now. */
import { describe, expect, it } from 'vitest';
import { PUBLISHED_MODELS } from '../judges/tfjs-models.ts';
import { opLists, readPart } from '../judges/tfjs-page.ts';

const BOUND = 1e-4;

const rowsOf = (part: Parameters<typeof readPart>[0]): string[][] =>
  readPart(part)
    .trim()
    .split('\n')
    .slice(2)
    .map((row) => row.slice(2, -2).split(' | '));

describe('docs/tensorflow.md', () => {
  it('has a row for each model of the development dependencies, and no other', () => {
    const named = rowsOf('parity').map(([name, kind]) => ({ name, kind }));
    expect(named).toEqual(PUBLISHED_MODELS.map(({ name, kind }) => ({ name, kind })));
  });

  it('tells of no difference above the bound, from stock TensorFlow.js or on the way out', () => {
    for (const row of rowsOf('parity'))
      for (const cell of row.slice(-2)) expect(Number.parseFloat(cell), row.join()).toBeLessThan(BOUND);
  });

  it('has a plain network changed to channels second once', () => {
    for (const [name, , , , transposes] of rowsOf('parity'))
      expect(Number(transposes), name).toBeLessThanOrEqual(1);
  });

  it.each(['ops', 'layers', 'written'] as const)(
    'lists %s as `npx tsx test/judges/tfjs-parity.ts --write` does',
    (part) => {
      expect(readPart(part)).toBe(opLists()[part]);
    },
  );

  it.each(['engines', 'frozen', 'keras'] as const)('has the table %s', (part) => {
    expect(rowsOf(part).length).toBeGreaterThan(0);
  });
});
