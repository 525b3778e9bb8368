import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export type NsfwjsModel = 'mobilenet_v2' | 'mobilenet_v2_mid' | 'inception_v3';

/** Writes a model of the package nsfwjs, which keeps its files as modules, into a new folder. @returns the folder. */
export function unpackNsfwjs(name: NsfwjsModel): string {
  const require = createRequire(import.meta.url);
  const root = join(dirname(require.resolve('nsfwjs')), '../models', name);
  const model = require(join(root, 'model.min.js')) as {
    weightsManifest: readonly { readonly paths: readonly string[] }[];
  };
  const folder = mkdtempSync(join(tmpdir(), `nsfwjs-${name}-`));
  writeFileSync(join(folder, 'model.json'), JSON.stringify(model));
  for (const path of model.weightsManifest.flatMap((group) => group.paths)) {
    const base64 = require(join(root, `${path}.min.js`)) as string;
    writeFileSync(join(folder, path), Buffer.from(base64, 'base64'));
  }
  return folder;
}
