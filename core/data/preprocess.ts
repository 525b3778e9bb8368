/**
 * How an image becomes the model's input: value = (pixel * scale - mean) / std, with pixel in 0..255.
 * Written to and read from the exported model's metadata as JSON, so that the merged model says itself what it wants.
 */
import { z } from 'zod';
import { MarnetError } from '../errors.ts';
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

const side = z.int().min(1).max(16384);
const finite = z.number().refine(Number.isFinite, 'must be finite');

export const preprocessSchema = z
  .strictObject({
    width: side,
    height: side,
    layout: z.enum(['NCHW', 'NHWC']),
    channels: z.enum(['RGB', 'BGR', 'gray']),
    resize: z.enum(['stretch', 'crop']),
    resizeTo: side,
    interpolation: z.enum(['nearest', 'bilinear', 'bicubic', 'lanczos']),
    scale: finite.refine((scale) => scale !== 0, 'must not be 0'),
    mean: z.array(finite),
    std: z.array(finite.refine((std) => std !== 0, 'must not be 0')),
  })
  .superRefine((p, context) => {
    const count = channelCount(p);
    for (const key of ['mean', 'std'] as const)
      if (p[key].length !== count)
        context.addIssue({
          code: 'custom',
          path: [key],
          message: `has ${p[key].length} values, but ${p.channels} has ${count} channel${count === 1 ? '' : 's'}`,
        });
    if (p.resize === 'crop' && p.resizeTo < Math.min(p.width, p.height))
      context.addIssue({
        code: 'custom',
        path: ['resizeTo'],
        message: `is ${p.resizeTo}, smaller than the input's ${p.width}x${p.height}: the crop would not fit`,
      });
  });

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
  const parsed = preprocessSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'value'}: ${issue.message}`);
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
