/** A model's files on this machine. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { MarnetError } from '../../../core/errors.ts';
import { parseModelJson, type WeightGroup } from './model-json.ts';
import type { Shard } from './weights.ts';

/** Topologies are text of some hundred KB; what is larger is something else. */
export const LARGEST_MODEL_JSON = 64 * 1024 * 1024;

/**
 * The JSON files of a folder that hold a TensorFlow.js model: model.json alone where it is one, as it is the name
 * that converters give.
 */
export function modelFilesIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => /\.json$/i.test(name));
  const isModel = (name: string): boolean => {
    const file = path.join(folder, name);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile() || stat.size > LARGEST_MODEL_JSON) return false;
    try {
      parseModelJson(readFileSync(file, 'utf8'), file);
      return true;
    } catch {
      return false;
    }
  };
  if (names.includes('model.json') && isModel('model.json')) return ['model.json'];
  return names.filter(isModel);
}

/**
 * The path of the model.json: the given file, or the only one in the given folder.
 * @throws MarnetError 'not-a-model' when the folder has none, or several.
 */
export function modelFileOf(given: string): string {
  const stat = statSync(given, { throwIfNoEntry: false });
  if (!stat) throw new MarnetError('not-a-model', `${given} does not exist`, { hint: 'Check the path.' });
  if (!stat.isDirectory()) return given;
  const found = modelFilesIn(given);
  if (found.length === 1) return path.join(given, found[0]!);
  throw found.length > 1
    ? new MarnetError('not-a-model', `${given} holds several models: ${found.join(', ')}`, {
        hint: 'Give the path of one of them.',
      })
    : new MarnetError('not-a-model', `${given} is a folder without a TensorFlow.js model`, {
        hint: 'Give a folder that holds a model.json, or the path of that file.',
      });
}

/** @throws MarnetError 'not-a-model' when it cannot be read or is far too large for a model.json. */
export function readModelText(file: string): string {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LARGEST_MODEL_JSON)
    throw new MarnetError('not-a-model', `${file} has ${size} bytes: too large for a model.json`, {
      hint: 'Give the JSON file of the model, not its weights.',
    });
  return readable(file, 'not-a-model', () => readFileSync(file, 'utf8'));
}

/**
 * A group's shards from the folder of model.json.
 * @throws MarnetError 'external-data' for one that is missing or unreadable, or lies outside of the folder.
 */
export function readShards(group: WeightGroup, modelFile: string): Shard[] {
  const folder = path.dirname(modelFile);
  return group.paths.map((relative) => {
    const file = path.join(folder, inside(relative, modelFile));
    if (!existsSync(file)) {
      const count = group.paths.length;
      throw new MarnetError(
        'external-data',
        `the weight file ${file} does not exist; ${modelFile} names it (one of ${count} of its group)`,
        { hint: `Put it there: a model is its JSON and every weight file, in one folder.` },
      );
    }
    return {
      label: file,
      bytes: readable(file, 'external-data', () => new Uint8Array(readFileSync(file))),
    };
  });
}

/** A manifest's path, which must stay inside of the model's folder: the file may come from anywhere. */
export function inside(relative: string, label: string): string {
  const normal = path.posix.normalize(relative.replaceAll('\\', '/'));
  if (!path.posix.isAbsolute(normal) && normal !== '..' && !normal.startsWith('../') && !/^\w+:/.test(normal))
    return normal;
  throw new MarnetError(
    'external-data',
    `${label} names the weight file ${JSON.stringify(relative)}, which is outside of the model's folder`,
    { hint: 'Put the weight files beside the JSON file and correct weightsManifest.' },
  );
}

function readable<T>(file: string, code: 'not-a-model' | 'external-data', read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new MarnetError(code, `cannot read ${file}: ${(cause as Error).message}`, {
      hint: 'Check the permissions of the file.',
      cause,
    });
  }
}
