import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { headOptions } from '../../core/marnet/index.ts';
import {
  between,
  check,
  choice,
  finite,
  fraction,
  object,
  positive,
  record,
  strictObject,
  text,
  whole,
} from '../../core/schema/index.ts';
import { hyperparameters } from '../../core/train/index.ts';
import { parseWrapOptions } from '../../core/wrap/options.ts';

const inner = strictObject({ latent: whole(2, 8), rate: v.optional(fraction, 0.5) });

describe('what is said of a value', () => {
  it.each<[string, v.GenericSchema, unknown, string]>([
    ['no number', whole(1, 9), '3', 'takes a number, not "3"'],
    ['not a number', between(1, 9), Number.NaN, 'takes a number, not NaN'],
    ['no whole number, said once', whole(1, 9), 0.5, 'takes a whole number, not 0.5'],
    ['too small', whole(1, 9), 0, 'takes a number of at least 1, not 0'],
    ['too big', between(0, 1), 2, 'takes a number of at most 1, not 2'],
    ['too big to be exact', whole(0), 2 ** 60, `takes a number of at most ${2 ** 53 - 1}, not ${2 ** 60}`],
    ['an open end', positive(1), 0, 'takes a number above 0, not 0'],
    ['the other open end', fraction, 1, 'takes a number below 1, not 1'],
    ['infinite', finite, Number.POSITIVE_INFINITY, 'takes a finite number, not Infinity'],
    ['no multiple', v.pipe(v.number(), v.multipleOf(2)), 3, 'takes a multiple of 2, not 3'],
    ['no text', v.string(), null, 'takes a text, not null'],
    ['an empty text', text(1), '', 'takes a text of at least 1 character, not ""'],
    ['no switch', v.boolean(), 'on', 'takes true or false, not "on"'],
    ['no list', v.array(v.string()), 'a', 'takes a list, not "a"'],
    [
      'an empty list',
      v.pipe(v.array(v.string()), v.minLength(2)),
      [],
      'takes a list of at least 2 items, not an empty list',
    ],
    ['another word', choice(['auto', 'keep']), 'kep', 'takes auto or keep, not "kep"; did you mean keep?'],
    [
      'neither of two kinds',
      v.union([v.literal('auto'), fraction]),
      'aut',
      'takes auto or a number, not "aut"',
    ],
    ['a list for an object', strictObject({}), ['a'], 'takes an object, not a list'],
    ['a list for a record', record(finite), ['a'], 'takes an object, not a list'],
    ['nothing', object({}), undefined, 'is missing'],
  ])('%s', (_, schema, value, message) => {
    expect(check(schema, value)).toMatchObject({ success: false, problems: [{ path: [], message }] });
  });

  it('names the place, for each the first thing that is wrong', () => {
    const schema = object({ inner, list: v.array(inner) });
    expect(check(schema, { inner: { rate: 2 }, list: [{ latent: -0.5, lable: 1, c: 2 }] })).toMatchObject({
      problems: [
        { path: ['inner', 'latent'], message: 'is missing' },
        { path: ['inner', 'rate'], message: 'takes a number below 1, not 2' },
        { path: ['list', '0', 'latent'], message: 'takes a whole number, not -0.5' },
        { path: ['list', '0'], message: 'there are no options "lable", "c"' },
      ],
    });
  });

  it('suggests the name that is near', () => {
    expect(check(inner, { latent: 2, Rat: 1 })).toMatchObject({
      problems: [{ path: [], message: 'there is no option "Rat"; did you mean rate?' }],
    });
  });
});

describe('values that hold', () => {
  it('come back with defaults, and without what an object leaves out', () => {
    const schema = object({ inner, names: record(v.string()) });
    expect(check(schema, { inner: { latent: 2, rate: undefined }, names: { a: 'b' }, more: 1 })).toEqual({
      success: true,
      value: { inner: { latent: 2, rate: 0.5 }, names: { a: 'b' } },
    });
  });
});

describe('options that cannot be used', () => {
  it.each<[string, () => unknown, string[]]>([
    [
      'of the heads',
      () => headOptions({ latent: 1, latnet: 2 } as never),
      ['latent: takes a number of at least 2, not 1', 'there is no option "latnet"; did you mean latent?'],
    ],
    ['of the training', () => hyperparameters({ beta1: 1 }), ['beta1: takes a number below 1, not 1']],
    [
      'of a wrap',
      () => parseWrapOptions({ epoks: 1, views: 0, preprocess: { width: 0 } } as never),
      [
        'options: there is no option "epoks"',
        'views: takes a number of at least 1, not 0',
        'preprocess.width: takes a number of at least 1, not 0',
        'preprocess.height: is missing',
      ],
    ],
  ])('%s', (_, parse, parts) => {
    for (const part of ['options that cannot be used: ', ...parts])
      expect(parse).toThrow(
        expect.objectContaining({
          name: 'MarnetError',
          code: 'usage',
          message: expect.stringContaining(part),
        }),
      );
  });
});
