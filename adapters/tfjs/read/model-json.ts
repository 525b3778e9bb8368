/** What a model.json says: which kind of model it is, and which weights lie where. */
import * as v from 'valibot';
import { MarnetError } from '../../../core/errors.ts';
import { check, finite, object, problemText, text, whole } from '../../../core/schema/index.ts';
import type { TfjsArtifacts, TfjsSignature } from '../artifacts.ts';

const size = whole(0);

const weightSchema = object({
  name: v.string(),
  shape: v.array(size),
  dtype: v.string(),
  quantization: v.optional(object({ dtype: v.string(), scale: v.optional(finite), min: v.optional(finite) })),
});

const groupSchema = object({ paths: v.array(text(1)), weights: v.array(weightSchema) });

/** One weight of the manifest: its elements follow those of the weight before it in the group's joined shards. */
export type WeightEntry = v.InferOutput<typeof weightSchema>;
/** Weights whose bytes lie one after the other in the files `paths`, joined in this order. */
export type WeightGroup = v.InferOutput<typeof groupSchema>;

export interface ModelJson extends Omit<TfjsArtifacts, 'weights' | 'files'> {
  readonly groups: readonly WeightGroup[];
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * @param label what messages call the text: a path or an address.
 * @throws MarnetError 'not-a-model' for what is no JSON, is neither format, or lacks a part.
 */
export function parseModelJson(text: string, label: string): ModelJson {
  const json = jsonOf(text, label);
  const topology = isObject(json) ? json.modelTopology : undefined;
  const kind = kindOf(topology);
  if (!isObject(json) || !isObject(topology) || !kind) throw neither(json, label);
  const metadata = isObject(json.userDefinedMetadata) ? json.userDefinedMetadata : {};
  // Converters before 1.8 and some after keep the signature with the user's entries.
  const signature = isObject(json.signature) ? json.signature : metadata.signature;
  const producer = [json.generatedBy, json.convertedBy].filter((by) => typeof by === 'string' && by !== '');
  return {
    kind,
    topology,
    groups: groupsOf(json.weightsManifest, label),
    signature: isObject(signature) ? (signature as TfjsSignature) : undefined,
    metadata,
    producer: producer.length > 0 ? producer.join(', ') : undefined,
  };
}

/** By its content, as the field `format` is missing in old files. */
function kindOf(topology: unknown): TfjsArtifacts['kind'] | undefined {
  if (!isObject(topology)) return undefined;
  if (Array.isArray(topology.node)) return 'graph-model';
  return 'model_config' in topology || 'class_name' in topology ? 'layers-model' : undefined;
}

function jsonOf(text: string, label: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    const start = JSON.stringify(text.slice(0, 40));
    throw new MarnetError(
      'not-a-model',
      `${label} is not JSON (${(cause as Error).message}); it begins ${start}`,
      {
        hint: 'A TensorFlow.js model begins with a model.json. Download or convert it again.',
        cause,
      },
    );
  }
}

function neither(json: unknown, label: string): MarnetError {
  const keys = isObject(json) ? Object.keys(json).slice(0, 6).join(', ') || 'nothing' : typeof json;
  return new MarnetError(
    'not-a-model',
    `${label} is JSON, but neither a graph-model (modelTopology.node) nor a layers-model ` +
      `(modelTopology.model_config) of TensorFlow.js; it holds ${keys}`,
    { hint: 'Give the model.json that tensorflowjs_converter or model.save() wrote.' },
  );
}

function groupsOf(manifest: unknown, label: string): WeightGroup[] {
  const checked = check(v.array(groupSchema), manifest);
  if (checked.success) return checked.value;
  const [{ path, message }] = checked.problems;
  const problem = problemText({ path: ['weightsManifest', ...path], message }, '');
  throw new MarnetError('not-a-model', `${label}: ${problem}`, {
    hint: 'A weightsManifest is a list of groups, each with "paths" (files) and "weights" (name, shape, dtype).',
  });
}
