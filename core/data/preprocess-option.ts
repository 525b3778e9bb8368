/** The text form of a preprocessing, as `--preprocess` takes it: presets and key=value pairs, separated by commas. */
import { closest } from 'fastest-levenshtein';
import { MarnetError } from '../errors.ts';
import { channelCount } from './image-length.ts';
import { checkPreprocess, type Preprocess } from './preprocess.ts';

type Setting = Partial<{ -readonly [K in keyof Preprocess]: Preprocess[K] }>;

/** Share of the shorter side that ImageNet's usual centre crop keeps: 224 of 256. */
const CROP_SHARE = 224 / 256;

/** What each preset sets; size and layout stay as they are. */
export const PREPROCESS_PRESETS: Readonly<Record<string, Readonly<Setting>>> = {
  // torchvision and timm: the statistics of ImageNet over 0..1, shorter side to 256/224 of the input, centre crop.
  imagenet: {
    channels: 'RGB',
    resize: 'crop',
    scale: 1 / 255,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
  // Keras "caffe" mode: blue first, 0..255, only centred.
  caffe: { channels: 'BGR', scale: 1, mean: [103.939, 116.779, 123.68], std: [1, 1, 1] },
  unit: { scale: 1 / 255, mean: [0], std: [1] },
  signed: { scale: 1 / 127.5, mean: [1], std: [1] },
  raw: { scale: 1, mean: [0], std: [1] },
};

const KEYS = [
  'size',
  'layout',
  'channels',
  'resize',
  'resizeTo',
  'interpolation',
  'scale',
  'mean',
  'std',
] as const;

/**
 * Reads `--preprocess`: presets (`imagenet`, `caffe`, `unit` 0..1, `signed` -1..1, `raw` 0..255) and pairs such as
 * `size=224x224`, `mean=0.5:0.5:0.5`, `std=0.5`, `scale=1/255`, `resize=crop`, `resizeTo=256`, `channels=BGR`.
 * Later items win; one value of mean or std stands for all channels; what is not named comes from `defaults`.
 * Asking for other channels alone carries mean and std along (reversed for BGR, averaged for gray).
 * @throws MarnetError 'usage' that quotes the item and names the nearest valid one.
 */
export function parsePreprocess(text: string, defaults: Preprocess): Preprocess {
  const items = text.split(',').map((item) => item.trim());
  if (items.some((item) => item === ''))
    throw usage(`--preprocess ${JSON.stringify(text)} has an empty item`, 'Separate items by single commas.');
  let p: Preprocess = defaults;
  // Written statistics are meant for the channels that come out in the end, so they are put in last.
  let written: Pick<Setting, 'mean' | 'std'> = {};
  const named = new Set<string>();
  for (const item of items) {
    const equals = item.indexOf('=');
    const setting =
      equals < 0 ? preset(item) : pair(item.slice(0, equals).trim(), item.slice(equals + 1).trim(), item);
    for (const key of Object.keys(setting)) named.add(key);
    if (equals < 0) written = {};
    if (equals >= 0 && (setting.mean || setting.std)) written = { ...written, ...setting };
    else p = apply(p, setting);
  }
  p = apply(p, written);
  if (p.resize === 'crop' && !named.has('resizeTo') && !keepsDefaultCrop(p, defaults))
    p = { ...p, resizeTo: Math.round(Math.min(p.width, p.height) / CROP_SHARE) };
  return checkPreprocess(p, `--preprocess ${JSON.stringify(text)}`, 'usage');
}

function keepsDefaultCrop(p: Preprocess, defaults: Preprocess): boolean {
  return defaults.resize === 'crop' && p.width === defaults.width && p.height === defaults.height;
}

function apply(p: Preprocess, setting: Setting): Preprocess {
  const next = { ...p, ...setting };
  const count = channelCount(next);
  const perChannel = (key: 'mean' | 'std'): readonly number[] => {
    const own = setting[key];
    const values = own ?? convert(p[key], p.channels, next.channels);
    return values.length === 1 && count === 3 ? [values[0]!, values[0]!, values[0]!] : values;
  };
  return { ...next, mean: perChannel('mean'), std: perChannel('std') };
}

function convert(values: readonly number[], from: Preprocess['channels'], to: Preprocess['channels']) {
  if (from === to) return values;
  if (to === 'gray') return [values.reduce((sum, value) => sum + value, 0) / values.length];
  return from === 'gray' ? values : [...values].reverse();
}

function preset(name: string): Setting {
  const found = Object.hasOwn(PREPROCESS_PRESETS, name) ? PREPROCESS_PRESETS[name] : undefined;
  if (found) return found;
  if (/^[-+.\d]/.test(name))
    throw usage(
      `--preprocess has the number ${JSON.stringify(name)} without a key`,
      'The values of several channels are separated by colons, as in mean=0.5:0.5:0.5.',
    );
  const names = Object.keys(PREPROCESS_PRESETS);
  const known = [...names, ...KEYS];
  const near = nearest(name, known);
  throw usage(
    `--preprocess has no preset ${JSON.stringify(name)}; did you mean ${(KEYS as readonly string[]).includes(near) ? `${near}=...` : near}?`,
    `Presets: ${names.join(', ')}. Keys: ${KEYS.join(', ')}.`,
  );
}

function pair(key: string, value: string, item: string): Setting {
  switch (KEYS.find((each) => each.toLowerCase() === key.toLowerCase())) {
    case 'size': {
      const match = /^(\d+)(?:x(\d+))?$/i.exec(value);
      if (!match) throw wrong(item, 'width x height in pixels, as 224x224');
      return { width: Number(match[1]), height: Number(match[2] ?? match[1]) };
    }
    case 'resizeTo':
      return { resizeTo: number(value, item) };
    case 'scale':
      return { scale: number(value, item) };
    case 'mean':
    case 'std':
      return { [key.toLowerCase()]: value.split(':').map((part) => number(part.trim(), item)) };
    case 'layout':
      return { layout: choice(value, ['NCHW', 'NHWC'], item) };
    case 'channels':
      return { channels: choice(value, ['RGB', 'BGR', 'gray'], item) };
    case 'resize':
      return { resize: choice(value, ['stretch', 'crop'], item) };
    case 'interpolation':
      return { interpolation: choice(value, ['nearest', 'bilinear', 'bicubic', 'lanczos'], item) };
    default:
      throw usage(
        `--preprocess has no key ${JSON.stringify(key)} (in ${JSON.stringify(item)}); did you mean ${nearest(key, KEYS)}?`,
        `Keys: ${KEYS.join(', ')}.`,
      );
  }
}

/** Upper and lower case apart, the known word that takes the fewest changes. */
function nearest(word: string, known: readonly string[]): string {
  const lower = known.map((each) => each.toLowerCase());
  return known[lower.indexOf(closest(word.toLowerCase(), lower))]!;
}

/** A number or a fraction such as 1/255. */
function number(text: string, item: string): number {
  const parts = text.split('/');
  const values = parts.map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const value = values.length === 2 ? values[0]! / values[1]! : values.length === 1 ? values[0]! : Number.NaN;
  if (!Number.isFinite(value)) throw wrong(item, 'a number, or a fraction such as 1/255');
  return value;
}

function choice<T extends string>(value: string, allowed: readonly T[], item: string): T {
  const found = allowed.find((each) => each.toLowerCase() === value.toLowerCase());
  if (found) return found;
  throw usage(
    `--preprocess ${JSON.stringify(item)}: no such value; did you mean ${nearest(value, allowed)}?`,
    `Allowed: ${allowed.join(', ')}.`,
  );
}

function wrong(item: string, expected: string): MarnetError {
  return usage(
    `--preprocess ${JSON.stringify(item)}: expected ${expected}`,
    'Example: size=224x224,mean=0.5:0.5:0.5.',
  );
}

function usage(message: string, hint: string): MarnetError {
  return new MarnetError('usage', message, { hint });
}
