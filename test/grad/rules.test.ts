import { describe, expect, it } from 'vitest';
import { builtInRegistry } from '../../core/grad/index.ts';
import { CASES } from './cases/index.ts';
import { checkCase } from './check.ts';

describe('each rule against central differences', () => {
  it.each(CASES.map((test) => [test.label, test] as const))('%s', (_, test) => checkCase(test));
});

it('has a case for every rule that gives gradients', () => {
  const keyOf = (rule: { op: string; domain?: string }) => `${rule.domain ?? ''}:${rule.op}`;
  const tested = new Set(CASES.map(keyOf));
  const giving = builtInRegistry.rules.filter(
    (rule) => rule.decompose || (rule.gradient && rule.gradient !== 'none'),
  );
  expect(giving.map(keyOf).filter((key) => !tested.has(key))).toEqual([]);
});
