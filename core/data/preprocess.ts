/**
 * How an image becomes the model's input: value = (pixel * scale - mean) / std, with pixel in 0..255.
 * Written to and read from the exported model's metadata as JSON, so that the merged model says itself what it wants.
 */
import * as v from 'valibot';
import { MarnetError } from '../errors.ts';
import { check, choice, finite, problemText, strictObject, whole } from '../schema/index.ts';
import { channelCount } from './image-length.ts';

/** How an image becomes a model's input: value = (pixel * scale - mean) / std, with pixels from 0 to 255. */
export interface Preprocess {
  /** Size of the model's input in pixels. */
  readonly width: number;
  readonly height: number;
  readonly layout: 'NCHW' | 'NHWC';
  readonly channels: 'RGB' | 'BGR' | 'gray';
  /** `stretch` ignores the aspect ratio; `crop` resizes the shorter side to `resizeTo`, then crops the centre. */
  readonly resize: 'stretch' | 'crop';
  /**
   * Length in pixels to which the shorter side is resized before the centre crop; `stretch` ignores it. Where the
   * input is not square, the image is resized until it covers the input enlarged by resizeTo / min(width, height).
   */
  readonly resizeTo: number;
  /** All of them smooth while they shrink (antialiasing), as Pillow does, except `nearest`. */
  readonly interpolation: 'nearest' | 'bilinear' | 'bicubic' | 'lanczos';
  /** Multiplies the pixel, 0..255, before the mean is taken off. */
  readonly scale: number;
  /** One value a channel, in the order of `channels` (blue first for BGR). */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

const side = whole(1, 16384);
const nonZero = v.pipe(finite, v.notValue(0, 'must not be 0'));

export const preprocessSchema: v.GenericSchema<Preprocess> = v.pipe(
  strictObject({
    width: side,
    height: side,
    layout: choice(['NCHW', 'NHWC']),
    channels: choice(['RGB', 'BGR', 'gray']),
    resize: choice(['stretch', 'crop']),
    resizeTo: side,
    interpolation: choice(['nearest', 'bilinear', 'bicubic', 'lanczos']),
    scale: nonZero,
    mean: v.array(finite),
    std: v.array(nonZero),
  }),
  v.forward(
    v.check(
      (p) => p.mean.length === channelCount(p),
      ({ input: p }) => countProblem(p, p.mean),
    ),
    ['mean'],
  ),
  v.forward(
    v.check(
      (p) => p.std.length === channelCount(p),
      ({ input: p }) => countProblem(p, p.std),
    ),
    ['std'],
  ),
  v.forward(
    v.check(
      (p) => p.resize === 'stretch' || p.resizeTo >= Math.min(p.width, p.height),
      ({ input: p }) =>
        `is ${p.resizeTo}, smaller than the input's ${p.width}x${p.height}: the crop would not fit`,
    ),
    ['resizeTo'],
  ),
);

function countProblem(p: Preprocess, values: readonly number[]): string {
  const count = channelCount(p);
  return `has ${values.length} values, but ${p.channels} has ${count} channel${count === 1 ? '' : 's'}`;
}

/** Keys in one fixed order, so that equal settings give equal text (the feature cache hashes it). */
export function preprocessToJson(p: Preprocess): string {
  const { width, height, layout, channels, resize, resizeTo, interpolation, scale, mean, std } = p;
  return JSON.stringify({
    width,
    height,
    layout,
    channels,
    resize,
    resizeTo,
    interpolation,
    scale,
    mean,
    std,
  });
}

const HINT =
  'Give it explicitly, for example --preprocess imagenet or --preprocess size=224x224,mean=0.5,std=0.5.';

/**
 * @param where names the place the text came from, for the message.
 * @throws MarnetError 'data' when the text is not JSON or not a valid preprocessing.
 */
export function preprocessFromJson(text: string, where = "the model's metadata"): Preprocess {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new MarnetError('data', `the preprocessing in ${where} is not JSON: ${quote(text)}`, {
      cause,
      hint: HINT,
    });
  }
  return checkPreprocess(value, `the preprocessing in ${where}`, 'data');
}

/** Validates values from anywhere. @throws MarnetError with the code given, naming every wrong key. */
export function checkPreprocess(value: unknown, where: string, code: 'data' | 'usage'): Preprocess {
  const checked = check(preprocessSchema, value);
  if (checked.success) return checked.value;
  const problems = checked.problems.map((problem) => problemText(problem, 'value'));
  throw new MarnetError(code, `${where} is not valid: ${problems.join('; ')}`, {
    hint: HINT,
  });
}

/** One line for people, as `224x224 RGB NCHW, shorter side to 256 (bilinear) then centre crop, (x/255 - [..]) / [..]`. */
export function describePreprocess(p: Preprocess): string {
  const resize =
    p.resize === 'stretch'
      ? `stretched (${p.interpolation})`
      : p.resizeTo === Math.min(p.width, p.height)
        ? `shorter side to ${p.resizeTo} (${p.interpolation}), centre crop`
        : `shorter side to ${p.resizeTo} (${p.interpolation}), then centre crop`;
  return `${p.width}x${p.height} ${p.channels} ${p.layout}, ${resize}, value = ${formula(p)}`;
}

function formula(p: Preprocess): string {
  const inverse = 1 / p.scale;
  const nice = Math.abs(inverse - Math.round(inverse * 2) / 2) < 1e-6 * inverse;
  const scaled = p.scale === 1 ? 'x' : nice ? `x/${Math.round(inverse * 2) / 2}` : `x*${short(p.scale)}`;
  const shifted = p.mean.every((m) => m === 0) ? scaled : `${scaled} - ${list(p.mean)}`;
  if (p.std.every((s) => s === 1)) return shifted;
  return `${shifted === scaled ? scaled : `(${shifted})`} / ${list(p.std)}`;
}

function list(values: readonly number[]): string {
  const equal = values.every((value) => value === values[0]);
  return equal ? short(values[0] ?? 0) : `[${values.map(short).join(' ')}]`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

export { PREPROCESS_PRESETS, parsePreprocess } from './preprocess-option.ts';
