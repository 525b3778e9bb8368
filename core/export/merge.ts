import path from 'node:path';
import type { Graph } from '../graph/index.ts';
import type { Model } from '../model.ts';
import { keysSetAside, type MergedMetadata, metadataEntries } from './metadata.ts';
import { asOutputError, checkOutputPath } from './output-path.ts';
import { stage } from './staging.ts';
import { type HoldoutBatch, type Verification, verifyFile } from './verify.ts';

export interface ExportRequest {
  /** The original. */
  readonly model: Model;
  /** Its graph with the heads grafted, and with trained weights in the place of the original's where they were tuned. */
  readonly graph: Graph;
  readonly path: string;
  /** What the file is to say of itself; what can be told from model and graph is filled in. */
  readonly metadata: Omit<MergedMetadata, 'baseSha256' | 'changedWeights'>;
  /** Keep weights in `<path>.data`. */
  readonly externalData?: boolean;
  /** At least one image; the holdout's, so that what is compared is what was measured. */
  readonly batches: Iterable<HoldoutBatch> | AsyncIterable<HoldoutBatch>;
  /** Whether their logits were computed by another device than the CPU. */
  readonly elsewhere?: boolean;
}

export interface ExportResult {
  readonly path: string;
  /** Bytes of the model, external data included. */
  readonly size: number;
  readonly metadata: MergedMetadata;
  readonly verification: Verification;
}

/**
 * Writes the merged model, loads it afresh and compares it with the trained one. Only when they agree does the file
 * appear at `path`; a file that was there before is replaced then, and not before.
 * @throws MarnetError 'output' when the path cannot be written, 'verification' when the models disagree, 'runtime' when
 *   the written file does not load. Nothing is left behind.
 */
export async function exportMerged(request: ExportRequest): Promise<ExportResult> {
  const { model, graph, externalData = false, elsewhere = false } = request;
  checkOutputPath(request.path, model, { externalData });
  const metadata: MergedMetadata = {
    ...request.metadata,
    baseSha256: await model.sha256(),
    changedWeights: changedWeights(model.graph, graph),
  };
  const staging = await stage(request.path, externalData || writesElsewhere(model, request.path));
  try {
    await model.write(graph, staging.path, {
      metadata: metadataEntries(metadata),
      renamedMetadata: keysSetAside(model.metadata),
      externalData: externalData && 'inside',
    });
    const { logits } = metadata.site;
    const verification = await verifyFile({
      path: staging.path,
      graph,
      logits,
      batches: request.batches,
      elsewhere,
    });
    const size = await staging.publish();
    return { path: request.path, size, metadata, verification };
  } catch (error) {
    await staging.discard();
    throw asOutputError(request.path, error);
  }
}

/** Constants of the original that are other ones in `edited`, or are missing there. */
export function changedWeights(original: Graph, edited: Graph): string[] {
  const before = weightsOf(original);
  const now = weightsOf(edited);
  return [...before].filter(([name, weight]) => now.get(name) !== weight).map(([name]) => name);
}

/** Constants and Constant nodes by name. */
function weightsOf(graph: Graph): Map<string, unknown> {
  const weights = new Map<string, unknown>(graph.constants);
  for (const node of graph.nodes)
    if (node.op === 'Constant' && node.domain === '') weights.set(node.outputs[0]!, node);
  return weights;
}

/** Files with weights beside the original are copied to another folder along with the model. */
function writesElsewhere(model: Model, out: string): boolean {
  return (
    model.path !== undefined && path.dirname(path.resolve(model.path)) !== path.dirname(path.resolve(out))
  );
}
