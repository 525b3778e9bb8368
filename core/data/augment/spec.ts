/** The text form of augmentations, as `--augment` takes it: `default,jitter=0.4:0.4:0.4:0.1,rotate=15,erase`. */
import { closest } from 'fastest-levenshtein';
import { MarnetError } from '../../errors.ts';
import { type AugmentOptions, DEFAULT_AUGMENT, NO_AUGMENT } from './options.ts';

interface Part {
  /** Of its numbers, in the order of the text. */
  readonly names: readonly string[];
  readonly defaults: readonly number[];
  /** Largest value of each; least is 0. */
  readonly most: readonly number[];
  /** Pairs of positions of which the first may not be above the second. */
  readonly ascending?: readonly [number, number];
  readonly options: (values: readonly number[]) => Partial<AugmentOptions>;
}

const ANY = Number.MAX_VALUE;

const PARTS: Readonly<Record<string, Part>> = {
  crop: {
    names: ['least area', 'largest area'],
    defaults: DEFAULT_AUGMENT.scale!,
    most: [1, 1],
    ascending: [0, 1],
    options: ([low, high]) => ({ scale: [low!, high!] }),
  },
  flip: {
    names: ['probability'],
    defaults: [DEFAULT_AUGMENT.flip],
    most: [1],
    options: ([flip]) => ({ flip: flip! }),
  },
  jitter: {
    names: ['brightness', 'contrast', 'saturation', 'hue'],
    defaults: [0.4, 0.4, 0.4, 0.1],
    most: [ANY, ANY, ANY, 0.5],
    options: ([brightness, contrast, saturation, hue]) => ({
      jitter: { brightness: brightness!, contrast: contrast!, saturation: saturation!, hue: hue! },
    }),
  },
  rotate: { names: ['degrees'], defaults: [15], most: [180], options: ([rotate]) => ({ rotate: rotate! }) },
  perspective: {
    names: ['distortion', 'probability'],
    defaults: [0.3, 0.5],
    most: [0.95, 1],
    options: ([distortion, probability]) => ({
      perspective: { distortion: distortion!, probability: probability! },
    }),
  },
  blur: {
    names: ['least sigma', 'largest sigma', 'probability'],
    defaults: [0.1, 2, 0.5],
    most: [100, 100, 1],
    ascending: [0, 1],
    options: ([low, high, probability]) => ({ blur: { sigma: [low!, high!], probability: probability! } }),
  },
  noise: {
    names: ['deviation', 'probability'],
    defaults: [0.05, 0.5],
    most: [1, 1],
    options: ([deviation, probability]) => ({ noise: { deviation: deviation!, probability: probability! } }),
  },
  erase: {
    names: ['probability', 'least area', 'largest area'],
    defaults: [0.25, 0.02, 0.33],
    most: [1, 1, 1],
    ascending: [1, 2],
    options: ([probability, low, high]) => ({ erase: { probability: probability!, area: [low!, high!] } }),
  },
  mixup: {
    names: ['alpha', 'probability'],
    defaults: [0.2, 1],
    most: [100, 1],
    options: ([alpha, probability]) => ({ mixup: { alpha: alpha!, probability: probability! } }),
  },
  cutmix: {
    names: ['alpha', 'probability'],
    defaults: [1, 1],
    most: [100, 1],
    options: ([alpha, probability]) => ({ cutmix: { alpha: alpha!, probability: probability! } }),
  },
};

/** Numbers that may not be 0: a crop of nothing, a Beta(0, 0). */
const POSITIVE = new Set(['least area', 'alpha']);

/**
 * Reads the parts that the text names, and no others; `default` stands for crop and flip. A part's numbers follow it,
 * separated by colons; those that are left out have their defaults.
 * @throws MarnetError 'usage' that quotes the part and names the nearest valid one.
 */
export function parseAugment(text: string): AugmentOptions {
  let options: AugmentOptions = NO_AUGMENT;
  for (const item of text.split(',').map((each) => each.trim())) {
    const [name = '', ...rest] = item.split('=');
    if (name === 'default' && rest.length === 0) {
      options = { ...options, ...DEFAULT_AUGMENT };
      continue;
    }
    const part = Object.hasOwn(PARTS, name) ? PARTS[name]! : undefined;
    if (!part) throw unknownPart(name, item, text);
    options = {
      ...options,
      ...part.options(rest.length === 0 ? part.defaults : numbersOf(part, rest, item)),
    };
  }
  return options;
}

function numbersOf(part: Part, texts: readonly string[], item: string): number[] {
  const parts = texts.join('=').split(':');
  if (parts.length > part.names.length) throw wrong(item, part);
  const values = part.defaults.map((usual, i) => (parts[i] === undefined ? usual : Number(parts[i])));
  values.forEach((value, i) => {
    const positive = POSITIVE.has(part.names[i]!);
    const typed = parts[i]?.trim() !== '';
    if (!typed || !(positive ? value > 0 : value >= 0) || !(value <= part.most[i]!)) throw wrong(item, part);
  });
  const [low, high] = part.ascending ?? [0, 0];
  if (values[low]! > values[high]!) throw wrong(item, part);
  return values;
}

function wrong(item: string, part: Part): MarnetError {
  const expected = part.names.map((name, i) => {
    const least = POSITIVE.has(name) ? 'above 0' : '0';
    return part.most[i] === ANY ? `${name} (${least} or more)` : `${name} (${least} to ${part.most[i]})`;
  });
  const order = part.ascending ? `, ${part.names[part.ascending[0]]} first` : '';
  return new MarnetError(
    'usage',
    `--augment ${JSON.stringify(item)}: expected ${expected.join(', ')}${order}`,
    {
      hint: `Example: ${item.split('=')[0]}=${part.defaults.join(':')}.`,
    },
  );
}

function unknownPart(name: string, item: string, text: string): MarnetError {
  const known = ['default', ...Object.keys(PARTS)];
  return new MarnetError(
    'usage',
    item === ''
      ? `--augment ${JSON.stringify(text)} has an empty item`
      : `--augment has no part ${JSON.stringify(name)}; did you mean ${closest(name.toLowerCase(), known)}?`,
    { hint: `Parts: ${known.join(', ')}. Example: --augment default,jitter=0.4:0.4:0.4:0.1,rotate=15.` },
  );
}
