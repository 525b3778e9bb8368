/** What a merged model says of itself, as entries of its metadata. */
import * as v from 'valibot';
import { preprocessSchema, preprocessToJson } from '../data/preprocess.ts';
import { MarnetError } from '../errors.ts';
import { check, choice, finite, object, record, text, whole } from '../schema/index.ts';

/** What all keys of this project begin with. */
const OWN = 'marnet.';

/** The keys, by the field that each holds. `labels` and `preprocess` are what importers read. */
export const METADATA_KEYS = {
  labels: 'marnet.labels',
  preprocess: 'marnet.preprocess',
  site: 'marnet.site',
  options: 'marnet.options',
  seed: 'marnet.seed',
  baseSha256: 'marnet.base-sha256',
  changedWeights: 'marnet.changed-weights',
  metrics: 'marnet.metrics',
  version: 'marnet.version',
} as const;

/** A value as JSON has it. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** A string that holds JSON of the given form. */
const jsonOf = <T extends v.GenericSchema>(schema: T) =>
  v.pipe(v.string(), v.parseJson(undefined, 'is not JSON'), schema);

/** Whatever was in JSON. */
const anyJson = v.custom<JsonValue>(() => true);

export const mergedMetadataSchema = object({
  /** Class names in the order of the logits. */
  labels: jsonOf(v.pipe(v.array(v.string()), v.minLength(1))),
  preprocess: jsonOf(preprocessSchema),
  /** Where the heads were grafted. */
  site: jsonOf(
    object({
      value: v.string(),
      pooling: choice(['none', 'mean-spatial', 'class-token', 'mean-tokens']),
      width: whole(1),
      /** Name of the value that holds the logits, and of the output they lead to. */
      logits: v.string(),
      output: v.string(),
      /** Whether the original classifier is still in the model. */
      base: choice(['kept', 'new']),
    }),
  ),
  /** The options of the run that made it. */
  options: jsonOf(record(anyJson)),
  seed: jsonOf(whole(0)),
  /** SHA-256 of the original model's file or files, lower-case hex. */
  baseSha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hex')),
  /** Names of the original's weights that were trained or left out, and so are not in this file as they were. */
  changedWeights: jsonOf(v.array(v.string())),
  /** Figures by name, on the holdout: shares from 0 to 1. */
  metrics: jsonOf(record(finite)),
  /** Version of the tool that wrote it. */
  version: text(1),
});

/**
 * What a merged model's metadata says of it: labels, preprocessing, where the heads are, how it was
 * trained.
 */
export interface MergedMetadata extends v.InferOutput<typeof mergedMetadataSchema> {}

/** The entries to write, by key. */
export function metadataEntries(metadata: MergedMetadata): Record<string, string> {
  const { preprocess, baseSha256, version, ...json } = metadata;
  const texts = {
    ...Object.fromEntries(Object.entries(json).map(([field, value]) => [field, JSON.stringify(value)])),
    preprocess: preprocessToJson(preprocess),
    baseSha256,
    version,
  };
  return Object.fromEntries(
    Object.entries(METADATA_KEYS).map(([field, key]) => [key, texts[field as keyof typeof texts]!]),
  );
}

/** The keys of entries that the original had under keys of ours begin so in the merged model. */
const ORIGINAL = `${OWN}original.`;

/** New keys, by those so far, of the original's own entries whose keys the merged model needs itself. */
export function keysSetAside(metadata: ReadonlyMap<string, string>): Record<string, string> {
  const needed = new Set<string>(Object.values(METADATA_KEYS));
  // What begins so already is set aside once more, so that it comes back as it was.
  const clashing = [...metadata.keys()].filter((key) => needed.has(key) || key.startsWith(ORIGINAL));
  return Object.fromEntries(clashing.map((key) => [key, `${ORIGINAL}${key.slice(OWN.length)}`]));
}

/** The way back from `keysSetAside`, for a merged model's metadata. */
export function keysBroughtBack(metadata: ReadonlyMap<string, string>): Record<string, string> {
  const aside = [...metadata.keys()].filter((key) => key.startsWith(ORIGINAL));
  return Object.fromEntries(aside.map((key) => [key, `${OWN}${key.slice(ORIGINAL.length)}`]));
}

/**
 * What a model's metadata says, or undefined for a model that this project did not write.
 * @throws MarnetError 'data' naming the entries that are missing or not valid.
 */
export function readMergedMetadata(metadata: ReadonlyMap<string, string>): MergedMetadata | undefined {
  if (!metadata.has(METADATA_KEYS.version)) return undefined;
  const fields = Object.entries(METADATA_KEYS).map(([field, key]) => [field, metadata.get(key)]);
  const checked = check(mergedMetadataSchema, Object.fromEntries(fields));
  if (checked.success) return checked.value;
  const problems = checked.problems.map(({ path: [field, ...rest], message }) => {
    const key = METADATA_KEYS[field as keyof typeof METADATA_KEYS];
    const text = metadata.get(key);
    const at = rest.length > 0 ? ` at ${rest.join('.')}` : '';
    return text === undefined ? `"${key}" is missing` : `"${key}"${at}: ${message} (${shortened(text)})`;
  });
  throw new MarnetError('data', `the model's metadata is not valid: ${problems.join('; ')}`, {
    hint: 'Something changed the entries after the model was written; write it again.',
  });
}

function shortened(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}
