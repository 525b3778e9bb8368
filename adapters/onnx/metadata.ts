/** Class names and preprocessing in the metadata_props of an ONNX file. */
import { type Preprocess, preprocessFromJson } from '../../core/data/preprocess.ts';
import { MarnetError } from '../../core/errors.ts';
import type { ValueInfo } from '../../core/graph/index.ts';

/** The keys that this project writes itself. */
export const METADATA = { labels: 'marnet.labels', preprocess: 'marnet.preprocess' } as const;

/** What other tools use: `names` is ultralytics' ("{0: 'cat', 1: 'dog'}"), the others are common. */
const LABEL_KEYS = ['names', 'labels', 'classes', 'class_names', 'id2label'] as const;

/**
 * Labels in the order of the logits. Lists of other tools count only when their length is that of an output's last
 * axis: they may be about something else.
 * @throws MarnetError 'data' when our own entry is not a JSON array of strings.
 */
export function labelsIn(
  metadata: ReadonlyMap<string, string>,
  outputs: readonly ValueInfo[],
): readonly string[] | undefined {
  const own = metadata.get(METADATA.labels);
  if (own !== undefined) {
    const labels = parseJson(own);
    if (isStrings(labels)) return labels;
    throw new MarnetError(
      'data',
      `metadata entry "${METADATA.labels}" is not a JSON array of strings: ${cut(own)}`,
      {
        hint: 'Write the model again, or correct the entry.',
      },
    );
  }
  const sizes = outputs.map((output) => output.shape?.at(-1));
  for (const key of LABEL_KEYS) {
    const labels = parseLabels(metadata.get(key) ?? '');
    if (labels && sizes.some((size) => size === labels.length || typeof size === 'string')) return labels;
  }
  return undefined;
}

/** @throws MarnetError 'data' when the entry is there but not valid. */
export function preprocessIn(metadata: ReadonlyMap<string, string>): Preprocess | undefined {
  const text = metadata.get(METADATA.preprocess);
  return text === undefined ? undefined : preprocessFromJson(text, `metadata entry "${METADATA.preprocess}"`);
}

/** A JSON array, a JSON or Python dict from index to name, a Python list, lines, or names between commas. */
export function parseLabels(text: string): readonly string[] | undefined {
  const trimmed = text.trim();
  const json = parseJson(trimmed);
  if (isStrings(json)) return json;
  if (json !== null && typeof json === 'object' && !Array.isArray(json))
    return byIndex(Object.entries(json).map(([index, name]) => [Number(index), name]));
  if (trimmed.startsWith('{') && trimmed.endsWith('}'))
    return byIndex(
      [...trimmed.matchAll(PYTHON_ENTRY)].map(([, index, quoted]) => [Number(index), unquote(quoted!)]),
    );
  if (trimmed.startsWith('[') && trimmed.endsWith(']')) {
    const names = [...trimmed.matchAll(PYTHON_STRING)].map(([quoted]) => unquote(quoted));
    return names.length > 1 ? names : undefined;
  }
  const names = trimmed.split(trimmed.includes('\n') ? /\r?\n/ : ',').map((name) => name.trim());
  return names.length > 1 && names.every((name) => name !== '') ? names : undefined;
}

const PYTHON_STRING = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g;
const PYTHON_ENTRY = new RegExp(`(\\d+)\\s*:\\s*(${PYTHON_STRING.source})`, 'g');

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, '$1');
}

/** Names in the order of their indices, when those are 0, 1, 2 ... without a gap. */
function byIndex(entries: readonly (readonly [number, unknown])[]): readonly string[] | undefined {
  const names: unknown[] = [];
  for (const [index, name] of entries) names[index] = name;
  return entries.length > 1 && names.length === entries.length && isStrings([...names])
    ? (names as string[])
    : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
}

function cut(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}
