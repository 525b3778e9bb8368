import { describe, expect, it } from 'vitest';
import { builtInRegistry } from '../../core/grad/index.ts';
import { CASES } from './cases/index.ts';
import { checkCase } from './check.ts';

describe('each rule against central differences', () => {
  it.each(CASES.map((test) => [test.label, test] as const))('%s', (_, test) => checkCase(test));
});

it('has a case for every rule that gives gradients', () => {
  const tested = new Set(CASES.map((test) => test.op));
  const untested = builtInRegistry.rules.filter((rule) => rule.gradient !== 'none' && !tested.has(rule.op));
  expect(untested.map((rule) => rule.op)).toEqual([]);
});
