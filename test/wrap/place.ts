import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { colourFolder } from './tiny.ts';

export interface Place {
  /** A folder of its own. */
  readonly root: string;
  /** Pictures of three colours, below it. */
  readonly data: string;
  /** The path of a small classifier, below it. */
  readonly model: string;
}

/** Where the tests of one file work; it goes when they are done. */
export async function colourPlace(classifier: Uint8Array): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), 'marnet-wrap-test-'));
  afterAll(() => rm(root, { recursive: true, force: true }));
  const data = await colourFolder(join(root, 'colours'));
  const model = join(root, 'tiny.onnx');
  await writeFile(model, classifier);
  return { root, data, model };
}
