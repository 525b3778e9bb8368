/** What a client says of its model. */
import path from 'node:path';
import { isAddress, readTfjs } from '../../adapters/tfjs/read/index.ts';
import type { Preprocess } from '../../core/data/index.ts';
import { MarnetError } from '../../core/errors.ts';
import { sha256OfFiles } from '../../core/export/digest.ts';
import { METADATA_KEYS, readMergedMetadata } from '../../core/export/index.ts';
import type { DType } from '../../core/graph/index.ts';
import { locateFeatures } from '../../core/locate/index.ts';
import type { Model } from '../../core/model.ts';
import { externalFilesOf, openOnnx } from '../../core/onnx/index.ts';
import { imageInput } from '../../core/runtime/image-input.ts';
import { givesProbabilities } from '../../core/wrap/classify.ts';
import { resolvePreprocess } from '../../core/wrap/preprocess/resolve.ts';

export interface ClientFacts {
  readonly format: 'onnx' | 'tfjs';
  /** The model's file, for messages: `merged.onnx`, `web/model.json`. */
  readonly file: string;
  readonly sha256: string;
  /** Names of the classes, no two alike, in the order of the scores. */
  readonly labels: readonly string[];
  readonly preprocess: Preprocess;
  readonly input: { readonly name: string; readonly dtype: DType; readonly batch: number | undefined };
  readonly output: { readonly name: string; readonly dtype: DType };
  /** Whether the output is to go through a softmax. */
  readonly logits: boolean;
  readonly weightFiles: readonly string[];
  /** Version of the tool that merged the model. */
  readonly mergedBy: string;
}

/**
 * @param from where the model was loaded from.
 * @throws MarnetError 'unsupported-model' for what is no merged model, or of a format or type that no client is made for;
 *   'data' where it has not as many labels as scores.
 */
export async function clientFacts(model: Model, from: string): Promise<ClientFacts> {
  const { format } = model;
  if (format !== 'onnx' && format !== 'tfjs')
    throw new MarnetError(
      'unsupported-model',
      `${from} is in the format "${format}"; clients are for ONNX and TensorFlow.js models`,
      { hint: 'Merge it in one of these formats: --to onnx or --to tfjs.' },
    );
  const merged = readMergedMetadata(model.metadata);
  if (!merged) throw notMerged(model, from);
  const { preprocess } = resolvePreprocess(model, merged.preprocess);
  const site = locateFeatures(model, { output: merged.site.output })[0]!;
  const { classes } = site.classifier;
  if (merged.labels.length !== classes)
    throw new MarnetError(
      'data',
      `${from} has ${classes} scores, but names of ${merged.labels.length} classes`,
      {
        hint: 'Something changed the model after it was merged; merge it again.',
      },
    );
  const input = imageInput(model.graph);
  const output = model.graph.outputs.find((each) => each.name === site.output)!;
  return {
    format,
    file: shortName(model, from),
    sha256: await sha256OfFiles(format === 'onnx' ? [from] : (await readTfjs(from)).files.slice(1)),
    labels: distinct(merged.labels),
    preprocess,
    input: { name: input.name, dtype: input.dtype, batch: input.batch },
    output: { name: output.name, dtype: output.dtype },
    logits: !givesProbabilities(site),
    weightFiles:
      format === 'onnx' ? externalFilesOf(openOnnx(from), from).map(({ location }) => location) : [],
    mergedBy: merged.version,
  };
}

function notMerged({ metadata }: Model, from: string): MarnetError {
  const [missing, there] = [false, true].map((has) =>
    Object.values(METADATA_KEYS).filter((key) => metadata.has(key) === has),
  ) as [string[], string[]];
  const which =
    there.length > 0 ? `${missing.join(', ')} (it has ${there.join(', ')})` : 'all marnet entries';
  return new MarnetError('unsupported-model', `${from} is no merged model: its metadata lacks ${which}`, {
    hint: 'Merge it first, "marnet-wrap MODEL --data FOLDER --out merged.onnx", and give what that wrote. A merged model that another tool converted has lost its metadata.',
  });
}

/** Classes of one name are told apart by their numbers: `crane (134)`, `crane (517)`. */
function distinct(labels: readonly string[]): string[] {
  const taken = new Set(labels);
  return labels.map((label, i) => {
    if (labels.indexOf(label) === labels.lastIndexOf(label)) return label;
    let name = `${label} (${i})`;
    while (taken.has(name)) name += "'";
    taken.add(name);
    return name;
  });
}

/** A TensorFlow.js model's name is its folder's. */
function shortName({ path: file, format }: Model, from: string): string {
  if (format === 'onnx') return path.basename(from);
  const parts = (isAddress(from) ? new URL(from).pathname : path.resolve(file ?? from)).split(/[\\/]/);
  return parts.filter(Boolean).slice(-2).join('/');
}
