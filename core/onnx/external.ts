/**
 * Weights kept in files beside the model. https://github.com/onnx/onnx/blob/main/docs/ExternalData.md
 * Only the range of a tensor is read, when it is asked for.
 */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { MarnetError } from '../errors.ts';
import { type ByteSource, fileSource } from './source.ts';

export interface ExternalRange {
  /** As the model states it, relative to the model's folder. */
  readonly location: string;
  readonly offset: number;
  /** Undefined where the model does not say: as many bytes as the tensor's shape needs. */
  readonly length: number | undefined;
}

export interface ExternalFiles {
  /** The locations that tensors were found to be kept in, each with the names of these. */
  readonly named: ReadonlyMap<string, ReadonlySet<string>>;
  /** What a tensor's entries say, which is noted in `named`. @throws MarnetError 'external-data' */
  range(tensor: string, entries: ReadonlyMap<string, string>): ExternalRange;
  /** `size` bytes from the start of the range. @throws MarnetError 'external-data' */
  read(tensor: string, range: ExternalRange, size: number): Uint8Array;
  /** Where a location is on this machine. @throws MarnetError 'external-data' when it is not in the folder. */
  resolve(tensor: string, location: string): string;
}

/** @param folder the model's; undefined for a model given as bytes, whose external data cannot be found. */
export function externalFiles(folder: string | undefined): ExternalFiles {
  const sources = new Map<string, ByteSource>();
  const named = new Map<string, Set<string>>();
  const resolve = (tensor: string, location: string): string => resolveIn(folder, tensor, location);
  return {
    named,
    resolve,
    range(tensor, entries) {
      const location = entries.get('location') ?? '';
      named.set(location, (named.get(location) ?? new Set()).add(tensor));
      const whole = (key: string): number | undefined => {
        const value = entries.get(key);
        if (value === undefined || value === '') return undefined;
        if (!/^\d+$/.test(value) || !Number.isSafeInteger(Number(value)))
          throw new MarnetError(
            'external-data',
            `tensor "${tensor}" has ${key} "${value}" in its external data`,
            {
              hint: 'Save the model again: offset and length must be whole numbers of bytes.',
            },
          );
        return Number(value);
      };
      return { location, offset: whole('offset') ?? 0, length: whole('length') };
    },
    read(tensor, range, size) {
      const file = resolve(tensor, range.location);
      let source = sources.get(file);
      if (!source) {
        source = fileSource(file);
        sources.set(file, source);
      }
      const available = Math.min(range.length ?? size, source.size - range.offset);
      if (available < size)
        throw new MarnetError(
          'external-data',
          `tensor "${tensor}" needs ${size} bytes at offset ${range.offset} of ${file}, ` +
            `which has ${Math.max(0, available)} there (${source.size} bytes in all)`,
          { hint: 'The weight file is incomplete or belongs to another model: copy it again.' },
        );
      return source.bytes(range.offset, size);
    },
  };
}

function resolveIn(folder: string | undefined, tensor: string, location: string): string {
  if (folder === undefined)
    throw new MarnetError(
      'external-data',
      `tensor "${tensor}" is kept in "${location}", but a model given as bytes has no folder to look in`,
      { hint: 'Load the model by its path.' },
    );
  const file = path.resolve(folder, location);
  const refuse = (): never => {
    throw new MarnetError(
      'external-data',
      `tensor "${tensor}" points to "${location}", outside the model's folder ${folder}`,
      { hint: 'Weights may only lie in the folder of the model, or below it.' },
    );
  };
  const inside = (base: string, target: string): boolean => {
    const relative = path.relative(base, target);
    return relative !== '' && !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..';
  };
  if (location === '' || path.isAbsolute(location) || !inside(folder, file)) refuse();
  if (!existsSync(file) || !statSync(file).isFile()) {
    const beside = readdirSync(folder).filter((name) => /data|weight|\.bin$/i.test(name));
    throw new MarnetError(
      'external-data',
      `the weights of tensor "${tensor}" are missing: ${file} is not there`,
      {
        hint: beside.length
          ? `The model names "${location}"; its folder has ${beside.map((n) => `"${n}"`).join(', ')}.`
          : `Copy "${location}" into the folder of the model.`,
      },
    );
  }
  // A link inside the folder may still lead out of it.
  if (!inside(realpathSync(folder), realpathSync(file))) refuse();
  return file;
}
