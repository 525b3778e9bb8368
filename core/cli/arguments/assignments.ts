/** `--set key=value`: every option of the heads and the training by its name. */
import { MarnetError } from '../../errors.ts';
import { headOptionsSchema } from '../../marnet/options.ts';
import { nearest } from '../../schema/index.ts';
import { hyperparametersSchema } from '../../train/hyperparameters.ts';
import { readSetting, SETTINGS, type Setting } from './settings.ts';

/** Groups of options by name, with the names in each. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  heads: Object.keys(headOptionsSchema.entries),
  training: Object.keys(hyperparametersSchema.entries),
};

/** Every full key: heads.latent, training.warmup, … */
export const ASSIGNABLE: readonly string[] = Object.entries(GROUPS).flatMap(([group, names]) =>
  names.map((name) => `${group}.${name}`),
);

export interface Assignment {
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Reads `latent=128` or `heads.latent=128`.
 * @throws MarnetError 'usage' naming the nearest key when there is none of that name.
 */
export function parseAssignment(text: string): Assignment {
  const equals = text.indexOf('=');
  if (equals < 1) {
    throw new MarnetError('usage', `--set takes key=value, not "${text}"`, {
      hint: 'Example: --set latent=128',
    });
  }
  const key = text.slice(0, equals).trim();
  const full = ASSIGNABLE.find((name) => name === key || name.endsWith(`.${key}`));
  if (full === undefined) throw unknownKey(key);
  return { path: full.split('.'), value: readValue(text.slice(equals + 1).trim()) };
}

function readValue(text: string): unknown {
  if (text === 'true') return true;
  if (text === 'false') return false;
  return readSetting('number', text);
}

function unknownKey(key: string): MarnetError {
  const short = (name: string): string => name.slice(name.indexOf('.') + 1);
  const flags = new Map(SETTINGS.map((s) => [s.flags.split(' ')[0]!.slice(2), s] as const));
  const own: Setting | undefined = flags.get(key);
  if (own) {
    return new MarnetError('usage', `--set has no key "${key}"`, {
      hint: `It is an option of its own: ${own.flags}`,
    });
  }
  const near = nearest(key, key.includes('.') ? ASSIGNABLE : ASSIGNABLE.map(short));
  return new MarnetError('usage', `--set has no key "${key}"${near ? `; did you mean ${near}?` : ''}`, {
    hint: `Keys: ${ASSIGNABLE.join(', ')}.`,
  });
}
