/** `marnet-wrap client`: a typed client of one merged model. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { loadModel } from '../../adapters/load.ts';
import { MarnetError } from '../../core/errors.ts';
import { checkSourcePath, writeSources } from '../source/write.ts';
import type { ClientPlatform } from './client-file.ts';
import { clientFacts } from './facts.ts';

export type { ClientPlatform } from './client-file.ts';

/** What a client is to be. */
export interface ClientRequest {
  /** What runs the client. Unless told, Node for an ONNX model and browsers for a TensorFlow.js model. */
  readonly for?: ClientPlatform;
}

/** What was written. */
export interface GeneratedClient {
  /** The file that was written. */
  readonly client: string;
  readonly for: ClientPlatform;
  /** The model's format, 'onnx' or 'tfjs'. */
  readonly format: string;
  /** Packages that the client imports. */
  readonly packages: readonly string[];
  /** The classes as the client names them. */
  readonly labels: readonly string[];
  /** Whether an earlier client was written over. */
  readonly updated: boolean;
}

/**
 * Writes a TypeScript file that loads the merged model and classifies images, with its labels as types and its
 * preprocessing built in.
 * @param modelPath of the model, or the address of a TensorFlow.js model.
 * @param out the file, .ts; one that is there is written over where it is a client too.
 * @throws MarnetError as `loadModel` does; 'unsupported-model' for what is no merged model, 'usage' for a file that is
 *   something else, 'output'.
 */
export async function generateClient(
  modelPath: string,
  out: string,
  request: ClientRequest = {},
): Promise<GeneratedClient> {
  checkSourcePath(out, 'classifier.ts');
  // Brings a TypeScript compiler with it: loaded by those alone who write programs.
  const { CLIENT_MARK, clientFile } = await import('./client-file.ts');
  const updated = existsSync(out) && statSync(out).isFile();
  if (updated && !readFileSync(out, 'utf8').includes(CLIENT_MARK))
    throw new MarnetError('usage', `${out} is there already, and is no client that could be written anew`, {
      hint: 'Give another path with --out, or take the file away.',
    });
  const facts = await clientFacts(await loadModel(modelPath), modelPath);
  const platform = request.for ?? (facts.format === 'tfjs' ? 'browser' : 'node');
  const { text, packages } = clientFile(facts, platform);
  writeSources([{ path: out, text }]);
  return { client: out, for: platform, format: facts.format, packages, labels: facts.labels, updated };
}
