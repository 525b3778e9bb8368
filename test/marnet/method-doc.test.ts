import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { headOptions } from '../../core/marnet/index.ts';
import { hyperparameters } from '../../core/train/index.ts';

const text = readFileSync(new URL('../../docs/method.md', import.meta.url), 'utf8');

/** The options of a section's table, with their defaults. */
function tableOf(heading: string): Record<string, unknown> {
  const section = text.split(`## ${heading}\n`)[1]!.split('\n## ')[0]!;
  const rows = section.matchAll(/^\| `(\w+)` \| `([^`]+)` \|/gm);
  return Object.fromEntries([...rows].map(([, name, value]) => [name, JSON.parse(value!)]));
}

describe('docs/method.md', () => {
  it('lists every option of the heads with its default', () => {
    expect(tableOf('Options of the heads')).toEqual(headOptions());
  });

  it('lists every hyperparameter with its default', () => {
    expect(tableOf('Hyperparameters of training')).toEqual(hyperparameters());
  });
});
