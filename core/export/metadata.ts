/** What a merged model says of itself, as entries of its metadata. */
import { z } from 'zod';
import { preprocessSchema, preprocessToJson } from '../data/preprocess.ts';
import { MarnetError } from '../errors.ts';

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

/** A string that holds JSON of the given form. */
const jsonOf = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);

export const mergedMetadataSchema = z.object({
  /** Class names in the order of the logits. */
  labels: jsonOf(z.array(z.string()).min(1)),
  preprocess: jsonOf(preprocessSchema),
  /** Where the heads were grafted. */
  site: jsonOf(
    z.object({
      value: z.string(),
      pooling: z.enum(['none', 'mean-spatial', 'class-token', 'mean-tokens']),
      width: z.int().positive(),
      /** Name of the value that holds the logits, and of the output they lead to. */
      logits: z.string(),
      output: z.string(),
      /** Whether the original classifier is still in the model. */
      base: z.enum(['kept', 'new']),
    }),
  ),
  /** The options of the run that made it. */
  options: jsonOf(z.record(z.string(), z.json())),
  seed: jsonOf(z.int().min(0)),
  /** SHA-256 of the original model's file or files, lower-case hex. */
  baseSha256: z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hex'),
  /** Names of the original's weights that were trained or left out, and so are not in this file as they were. */
  changedWeights: jsonOf(z.array(z.string())),
  /** Figures by name, on the holdout: shares from 0 to 1. */
  metrics: jsonOf(z.record(z.string(), z.number())),
  /** Version of the tool that wrote it. */
  version: z.string().min(1),
});

/**
 * What a merged model's metadata says of it: labels, preprocessing, where the heads are, how it was
 * trained.
 */
export interface MergedMetadata extends z.output<typeof mergedMetadataSchema> {}

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
  const parsed = mergedMetadataSchema.safeParse(Object.fromEntries(fields));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path: [field, ...rest], message }) => {
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
