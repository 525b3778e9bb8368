import { createHash } from 'node:crypto';
import { MarnetError } from '../errors.ts';
import { ungraft } from '../marnet/index.ts';
import type { Model } from '../model.ts';
import { METADATA_KEYS, readMergedMetadata } from './metadata.ts';

export interface Unwrapped {
  /** The model without heads and without the entries that this project added. */
  readonly bytes: Uint8Array;
  /** Whether it is the original to the byte, by its SHA-256. */
  readonly exact: boolean;
  /** Names of the weights that tuning has changed since, and that differ from the original's. */
  readonly changedWeights: readonly string[];
  /** SHA-256 of the original, as the merged model's metadata has it. */
  readonly baseSha256: string;
}

/**
 * Takes the heads out of a merged model: the original's bytes where none of its weights was changed.
 * @throws MarnetError 'unsupported-model' when it is no merged model, or has another classifier than the original.
 */
export async function unwrap(model: Model): Promise<Unwrapped> {
  const metadata = readMergedMetadata(model.metadata);
  if (!metadata)
    throw new MarnetError(
      'unsupported-model',
      `the model${named(model)} says nothing of a merge: it has no "${METADATA_KEYS.version}"`,
      {
        hint: 'Only a model that was wrapped can be unwrapped.',
      },
    );
  const bytes = model.encode(ungraft(model.graph), {
    metadata: Object.fromEntries(Object.values(METADATA_KEYS).map((key) => [key, undefined])),
  });
  const digest = createHash('sha256').update(bytes).digest('hex');
  const { baseSha256, changedWeights } = metadata;
  return { bytes, exact: digest === baseSha256, changedWeights, baseSha256 };
}

function named(model: Model): string {
  return model.path === undefined ? '' : ` "${model.path}"`;
}
