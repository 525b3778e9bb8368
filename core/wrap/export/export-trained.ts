import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExportResult, exportMerged, metadataEntries } from '../../export/index.ts';
import { constantOf, fromFloat32, type Graph } from '../../graph/index.ts';
import { graftHeads } from '../../marnet/index.ts';
import { kindOf } from '../../runtime/device/name.ts';
import { transposed, weightCopies } from '../../runtime/weight-copies.ts';
import type { TrainResult } from '../../train/index.ts';
import type { Conversion } from '../events.ts';
import type { WrapOptions } from '../options.ts';
import type { WrapResult } from '../result.ts';
import { baseOf, type Prepared } from '../stage.ts';
import { VERSION } from '../version.ts';
import { convertMerged } from './convert-merged.ts';
import type { Target } from './target.ts';
import { type Verified, verifiedBatches, verifiedRows } from './verified.ts';

/** Options that are about this machine or are told elsewhere in the metadata. */
const UNTOLD: ReadonlySet<string> = new Set<keyof WrapOptions>([
  'out',
  'runFolder',
  'cacheFolder',
  'resume',
  'labels',
  'preprocess',
  'device',
  'classTexts',
  'wordVectors',
  'textEncoder',
  'tokenizer',
]);

export interface ExportedTrained extends Pick<ExportResult, 'path' | 'size' | 'verification'> {
  /** Undefined where the model was written as ONNX. */
  readonly conversion: Conversion | undefined;
}

/**
 * Puts the trained heads and weights into the original model and writes it to `out`, when what is written computes what
 * was trained.
 * @throws MarnetError 'output', 'verification', 'unsupported-model' for ops that the format lacks; nothing is left at
 *   `out` then.
 */
export async function exportTrained(
  prepared: Prepared,
  trained: TrainResult,
  scores: WrapResult['scores'],
  { out, format, writer }: Target & { readonly out: string },
): Promise<ExportedTrained> {
  if (!writer)
    return { ...(await exportOnnx(prepared, trained, scores, out, 'result')), conversion: undefined };
  const { dataset, rows, options } = prepared;
  const what = options.quantize ? 'rounded' : 'converted';
  const folder = await mkdtemp(join(tmpdir(), 'marnet-export-'));
  try {
    const onnx = await exportOnnx(prepared, trained, scores, join(folder, 'merged.onnx'), 'between');
    const { size, conversion } = await convertMerged({
      onnx: onnx.path,
      format,
      writer,
      out,
      metadata: metadataEntries(onnx.metadata),
      prepared,
      images: verifiedBatches(prepared, trained.holdoutLogits, what),
      labels: verifiedRows(rows.holdout.length, what).map(
        (row) => dataset.samples[rows.holdout[row]!]!.label,
      ),
    });
    return { path: writer.fileOf(out), size, verification: onnx.verification, conversion };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function exportOnnx(
  prepared: Prepared,
  trained: TrainResult,
  scores: WrapResult['scores'],
  out: string,
  what: Verified,
): Promise<ExportResult> {
  const { model, site, preprocess, dataset, plan, options, device } = prepared;
  const graph = graftHeads(withWeights(model.graph, trained), site, trained.parameters, {
    heads: options.heads,
    base: baseOf(plan, options),
    classes: dataset.classes.length,
  });
  const kept = Object.fromEntries(Object.entries(options).filter(([name]) => !UNTOLD.has(name)));
  return exportMerged({
    model,
    graph,
    path: out,
    externalData: options.externalData,
    metadata: {
      labels: [...dataset.classes],
      preprocess: { ...preprocess, mean: [...preprocess.mean], std: [...preprocess.std] },
      site: {
        value: site.value,
        pooling: site.pooling,
        width: site.width,
        logits: site.classifier.logits,
        output: site.output,
        base: plan,
      },
      options: JSON.parse(JSON.stringify(kept)),
      seed: options.seed,
      metrics: metricsOf(scores),
      version: VERSION,
    },
    batches: verifiedBatches(prepared, trained.holdoutLogits, what),
    elsewhere: kindOf(device) !== 'cpu',
  });
}

/** Says that weights are rounded in the file, where they are; the training has them in float32. */
export function roundingOf(original: Graph, trained: TrainResult): string | undefined {
  const types = [...trained.parameters.keys()].flatMap((name) => original.constants.get(name)?.dtype ?? []);
  const half = types.filter((dtype) => dtype === 'float16' || dtype === 'bfloat16');
  if (half.length === 0) return undefined;
  return `Of the trained weights, ${half.length} are ${[...new Set(half)].join(' or ')} in the model, and are rounded to that in what is written`;
}

/** A clone with the backbone's trained weights in place of the original's, in the original's own precision. */
function withWeights(original: Graph, trained: TrainResult): Graph {
  const graph = original.clone();
  const put = (name: string, data: Float32Array): void => {
    const before = original.constants.get(name);
    if (before) graph.constants.set(name, constantOf(fromFloat32(data, before.dims, before.dtype)));
  };
  for (const [name, { data }] of trained.parameters) put(name, data as Float32Array);
  for (const [copy, weight] of weightCopies(original)) {
    const tensor = trained.parameters.get(weight);
    if (tensor) put(copy, transposed(tensor.data as Float32Array, tensor.dims));
  }
  return graph;
}

function metricsOf(scores: WrapResult['scores']): Record<string, number> {
  const entries = Object.entries(scores).flatMap(([name, score]) =>
    score
      ? Object.entries(score).flatMap(([metric, value]) =>
          value === undefined ? [] : [[`${name}.${metric}`, value]],
        )
      : [],
  );
  return Object.fromEntries(entries);
}
