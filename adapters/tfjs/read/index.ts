/** TensorFlow.js models as their files have them: graph-models and layers-models. */
import path from 'node:path';
import { cacheFolder } from '../../../core/data/cache-folder.ts';
import { MarnetError } from '../../../core/errors.ts';
import type { Tensor } from '../../../core/graph/index.ts';
import type { TfjsArtifacts } from '../artifacts.ts';
import { type FetchOptions, fetchModel } from './address.ts';
import { modelFileOf, readModelText, readShards } from './folder.ts';
import { type ModelJson, parseModelJson } from './model-json.ts';
import { isAddress } from './recognise.ts';
import { teachableMachineEntries } from './teachable-machine.ts';
import { decodeGroup } from './weights.ts';

export { type FetchOptions, fetchModel } from './address.ts';
export { isAddress, looksLikeTfjs } from './recognise.ts';

/**
 * A model from a model.json (of any name), a folder that holds one, or the address of one; as bytes, a model.json without
 * weight files.
 * @throws MarnetError 'not-a-model' for what is not JSON or neither format, 'external-data' for weight files that
 * are missing or of another length, 'unsupported-model' for weights of an unknown type.
 */
export async function readTfjs(
  from: string | Uint8Array,
  options: Partial<FetchOptions> = {},
): Promise<TfjsArtifacts> {
  if (typeof from !== 'string') {
    const json = parseModelJson(new TextDecoder().decode(from), 'the given bytes');
    const missing = json.groups.flatMap((group) => group.paths);
    if (missing.length > 0)
      throw new MarnetError('external-data', `the given bytes name weight files: ${missing.join(', ')}`, {
        hint: 'Give the path of the model.json instead; its weight files are read from the same folder.',
      });
    return artifactsOf(json, [], undefined);
  }
  const file = isAddress(from)
    ? await fetchModel(from, { cache: cacheFolder(), ...options })
    : modelFileOf(from);
  const json = parseModelJson(readModelText(file), file);
  const weights: [string, Tensor][] = [];
  for (const group of json.groups) weights.push(...decodeGroup(group, readShards(group, file)));
  return artifactsOf(json, weights, file);
}

function artifactsOf(
  { groups, ...json }: ModelJson,
  weights: readonly [string, Tensor][],
  file: string | undefined,
): TfjsArtifacts {
  const shards = groups.flatMap((group) => group.paths);
  const files =
    file === undefined ? [] : [file, ...shards.map((each) => path.join(path.dirname(file), each))];
  const metadata =
    file === undefined ? json.metadata : { ...teachableMachineEntries(file), ...json.metadata };
  return { ...json, metadata, weights: new Map(weights), files };
}
