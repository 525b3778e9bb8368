/** The format that a merged model is written in. */
import { extname } from 'node:path';
import type { FormatWriter } from '../../../adapters/adapter.ts';
import { writerFor, writtenFormats } from '../../../adapters/registry.ts';
import { didYouMean } from '../../data/layouts/layout.ts';
import { MarnetError } from '../../errors.ts';
import type { Model } from '../../model.ts';
import type { WrapOptions } from '../options.ts';

export interface Target {
  readonly format: string;
  /** Undefined for ONNX. */
  readonly writer: FormatWriter | undefined;
}

/** What the end of an output path says of the format. */
const BY_EXTENSION: Readonly<Record<string, string>> = { '.onnx': 'onnx', '.json': 'tfjs' };

/**
 * The format that is asked for, else the one that `out` ends in, else the model's own.
 * @throws MarnetError 'usage' for a format that nobody writes, one that `out` contradicts, or options that it lacks.
 */
export function targetOf(
  model: Model,
  { to, out = '', quantize, externalData }: Pick<WrapOptions, 'to' | 'out' | 'quantize' | 'externalData'>,
): Target {
  const ending = BY_EXTENSION[extname(out).toLowerCase()];
  const format = to ?? ending ?? model.format;
  const writer = format === 'onnx' ? undefined : writerFor(format);
  if (format !== 'onnx' && !writer)
    throw new MarnetError(
      'usage',
      `a merged model cannot be written as ${JSON.stringify(format)}${to === undefined ? '' : didYouMean(to, writtenFormats())}`,
      { hint: `Use one of: ${writtenFormats().join(', ')}.` },
    );
  if (ending !== undefined && ending !== format)
    throw new MarnetError(
      'usage',
      `"${out}" is the name of a model of ${ending}, but ${format} is asked for`,
      {
        hint: writer ? 'Give a folder.' : 'Give a path that ends in .onnx.',
      },
    );
  if (!writer && quantize)
    throw new MarnetError('usage', `weights in ${quantize} cannot be written as ONNX`, {
      hint: 'Leave quantize out, or write as tfjs.',
    });
  if (writer && externalData)
    throw new MarnetError(
      'usage',
      `external data is a thing of ONNX, and the model is written as ${format}`,
      {
        hint: 'Leave external data out: weights are in files of their own anyway.',
      },
    );
  return { format, writer };
}
