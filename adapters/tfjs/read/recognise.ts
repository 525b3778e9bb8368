/** Which files, folders and addresses hold a TensorFlow.js model; asked of every model, so it reads and loads little. */
import { statSync } from 'node:fs';
import { modelFilesIn } from './folder.ts';

export const isAddress = (path: string | undefined): path is string =>
  path !== undefined && /^https?:\/\//i.test(path);

/** Keys that stand in the first bytes of a model.json. */
const KEYS =
  /"(format|generatedBy|convertedBy|modelTopology|weightsManifest|userDefinedMetadata|signature)"\s*:/;

/**
 * Whether a file, a folder or an address is one of TensorFlow.js, damaged ones included.
 * @param head the file's first 512 bytes at most; empty for a folder and an address.
 */
export function looksLikeTfjs(head: Uint8Array, from: string | undefined): boolean {
  if (isAddress(from)) return true;
  const stat = from === undefined ? undefined : statSync(from, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return modelFilesIn(from!).length > 0;
  if (stat && /\.json$/i.test(from!)) return true;
  const text = new TextDecoder().decode(head);
  return /^\uFEFF?\s*\{/.test(text) && KEYS.test(text);
}
