import { describe, expect, it } from 'vitest';
import { splitByName } from './split.ts';

describe('splits of the evidence', () => {
  const things = Array.from({ length: 300 }, (_, i) => ({
    unit: `unit ${i >> 1}`,
    label: `class ${(i >> 1) % 5}`,
  }));
  const splits = splitByName(things, 0, { validation: 0.2, test: 0.3 });

  it('have the shares of each class that are asked for', () => {
    for (const label of ['class 0', 'class 4']) {
      const own = splits.filter((_, i) => things[i]!.label === label);
      const count = (split: string) => own.filter((each) => each === split).length;
      expect([count('train'), count('validation'), count('test')]).toEqual([30, 12, 18]);
    }
  });

  it('keep together what belongs together, whatever the order', () => {
    for (let i = 0; i < splits.length; i += 2) expect(splits[i]).toBe(splits[i + 1]);
    const reversed = splitByName([...things].reverse(), 0, { validation: 0.2, test: 0.3 });
    expect(reversed.reverse()).toEqual(splits);
    expect(splitByName(things, 1, { validation: 0.2, test: 0.3 })).not.toEqual(splits);
  });
});
