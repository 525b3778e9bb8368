import { describe, expect, it } from 'vitest';
import { hyperparameters } from '../../core/train/index.ts';
import { FROZEN_TRAINING, parseWrapOptions } from '../../core/wrap/options.ts';

describe('defaults of the training', () => {
  it('are those for heads alone where the backbone is frozen', () => {
    expect(parseWrapOptions({}).training).toEqual({ ...hyperparameters(), ...FROZEN_TRAINING });
    expect(parseWrapOptions({ tune: 'frozen' }).training.batch).toBe(FROZEN_TRAINING.batch);
  });

  it.each(['full', 'last:2', 'lora:4'] as const)('are the general ones with %s', (tune) => {
    expect(parseWrapOptions({ tune }).training).toEqual(hyperparameters());
  });

  it('give way to what is said', () => {
    const { training } = parseWrapOptions({ training: { batch: 8, epochs: undefined } as never });
    expect(training).toMatchObject({ ...FROZEN_TRAINING, batch: 8 });
  });

  it('leave a wrong value to the check', () => {
    expect(() => parseWrapOptions({ training: { batch: 0 } })).toThrow(/training.batch/);
    expect(() => parseWrapOptions({ training: 'fast' as never })).toThrow(/training/);
  });
});
