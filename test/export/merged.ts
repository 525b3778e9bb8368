import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { loadModel } from '../../adapters/load.ts';
import { type ExportRequest, exportMerged, type MergedMetadata, unwrapTo } from '../../core/export/index.ts';
import { type Graph, type Tensor, toNumbers } from '../../core/graph/index.ts';
import { type FeatureSite, locateFeatures } from '../../core/locate/index.ts';
import { graftHeads, headOptions, headParameters } from '../../core/marnet/index.ts';
import type { Model } from '../../core/model.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { exposeValues } from '../../core/runtime/skeleton.ts';
import { CLASSES, classifier, noise, pooled } from '../locate/backbones.ts';

export const PREPROCESS: MergedMetadata['preprocess'] = {
  width: 8,
  height: 8,
  layout: 'NCHW',
  channels: 'RGB',
  resize: 'stretch',
  resizeTo: 8,
  interpolation: 'bilinear',
  scale: 1 / 255,
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
};

/** Conv, Relu, mean, MatMul + Add, Softmax. */
export function smallClassifier(opset = 17): Uint8Array {
  return encodeGraph(
    classifier(
      (p) =>
        p.b.op('Softmax', [
          p.b.add(p.b.matMul(pooled(p), p.weight('w', [6, CLASSES])), p.weight('b', [CLASSES])),
        ]),
      opset,
    ),
  );
}

export const HEADS = headOptions({
  latent: 4,
  visualHidden: 5,
  denoiserWidth: 6,
  denoiserBlocks: 1,
  timeWidth: 4,
  fusionHidden: 5,
  diffusionSteps: 10,
  samplingSteps: 2,
});

/** The model's graph with heads of arbitrary weights, on a classifier that stays. */
export function graftNoise(
  model: Model,
  base: 'corrected' | 'new' = 'corrected',
  classes?: number,
  heads = HEADS,
): { graph: Graph; site: FeatureSite } {
  const site = locateFeatures(model)[0]!;
  const count = classes ?? site.classifier.classes;
  const sizes = { features: site.width, classes: count, vocabulary: 3, base };
  const parameters = new Map<string, Tensor>(
    headParameters(heads, sizes).map(({ name, dims }, i) => [name, noise(dims, 10 + i)]),
  );
  return { graph: graftHeads(model.graph, site, parameters, { heads, base, classes: count }), site };
}

/** What the grafted graph makes of images, run from memory: stands in for the training graph. */
export async function logitsOf(graph: Graph, logits: string, images: Tensor): Promise<Float32Array> {
  const exposed = graph.outputs.some((output) => output.name === logits);
  const session = await openSession(exposeValues(encodeGraph(graph), exposed ? [] : [logits]), {
    optimization: 'disabled',
  });
  const result = await session.run({ [graph.inputs[0]!.name]: images }, [logits]);
  await session.close();
  return Float32Array.from(toNumbers(result[logits]!));
}

export async function exportRequest(
  bytes: Uint8Array | string,
  path: string,
  base: 'corrected' | 'new' = 'corrected',
  classes?: number,
  heads = HEADS,
): Promise<ExportRequest> {
  const model = await loadModel(bytes);
  const { graph, site } = graftNoise(model, base, classes, heads);
  const dims = graph.inputs[0]!.shape!.map((d, i) => (typeof d === 'number' ? d : i === 0 ? 7 : 48));
  const images = noise(dims, 500);
  const logits = await logitsOf(graph, site.classifier.logits, images);
  return {
    model,
    graph,
    path,
    metadata: {
      labels: Array.from({ length: logits.length / dims[0]! }, (_, i) => `class ${i}`),
      preprocess: PREPROCESS,
      site: {
        value: site.value,
        pooling: site.pooling,
        width: site.width,
        logits: site.classifier.logits,
        output: site.output,
        base: base === 'new' ? 'new' : 'kept',
      },
      options: { heads, tune: 'frozen' },
      seed: 7,
      metrics: { top1: 0.75 },
      version: '0.1.0',
    },
    batches: [{ images, logits }],
  };
}

/** Merges the model.onnx of these files in an empty folder, unwraps it into a folder below, and expects the files there, to the byte. */
export async function expectWayBack(
  folder: string,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<void> {
  for (const [file, bytes] of Object.entries(files)) writeFileSync(path.join(folder, file), bytes);
  const out = path.join(folder, 'merged.onnx');
  const { verification } = await exportMerged(await exportRequest(path.join(folder, 'model.onnx'), out));
  expect(verification.agreement).toBe(1);
  expect(readdirSync(folder).sort()).toEqual([...Object.keys(files), 'merged.onnx'].sort());
  const back = path.join(folder, 'back');
  mkdirSync(back);
  const result = await unwrapTo(await loadModel(out), path.join(back, 'model.onnx'));
  expect(result).toMatchObject({ exact: true, changedWeights: [] });
  expect(readdirSync(back).sort()).toEqual(Object.keys(files).sort());
  for (const [file, bytes] of Object.entries(files))
    expect(Buffer.compare(readFileSync(path.join(back, file)), bytes), file).toBe(0);
}
