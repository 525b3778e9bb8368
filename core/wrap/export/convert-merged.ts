import type { FormatWriter } from '../../../adapters/adapter.ts';
import { loadModel } from '../../../adapters/load.ts';
import { bestOf, compareForms, type HoldoutBatch } from '../../export/index.ts';
import { type Tensor, toFloat32 } from '../../graph/index.ts';
import { locateFeatures } from '../../locate/index.ts';
import type { Model } from '../../model.ts';
import { imageInput } from '../../runtime/image-input.ts';
import { openEdited } from '../../runtime/open-model.ts';
import type { Session } from '../../runtime/session.ts';
import { type ExposedScores, exposeScores } from '../classify.ts';
import type { Conversion } from '../events.ts';
import type { Prepared } from '../stage.ts';

export interface ConvertRequest {
  /** Path of the merged model as ONNX. */
  readonly onnx: string;
  readonly format: string;
  readonly writer: FormatWriter;
  readonly out: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly prepared: Prepared;
  readonly images: AsyncIterable<HoldoutBatch>;
  /** The class of each of the images. */
  readonly labels: readonly number[];
}

/**
 * Writes the merged model in another format, loads it afresh and compares what it gives for holdout images with what the
 * ONNX form gives. Only when they agree does it appear at `out`; rounded weights need not agree, and the change is told.
 */
export async function convertMerged(
  request: ConvertRequest,
): Promise<{ readonly size: number; readonly conversion: Conversion }> {
  const { onnx, format, writer, out, metadata, prepared } = request;
  const { options, preprocess } = prepared;
  const merged = await loadModel(onnx);
  let conversion: Conversion | undefined;
  const size = await writer.write(merged.graph, out, {
    metadata,
    size: { height: preprocess.height, width: preprocess.width },
    quantize: options.quantize,
    check: async (path) => {
      conversion = { ...(await compared(merged, await loadModel(path), request)), format };
    },
  });
  return { size, conversion: conversion! };
}

async function compared(
  merged: Model,
  written: Model,
  { prepared: { site, options }, images, labels, out }: ConvertRequest,
): Promise<Omit<Conversion, 'format'>> {
  // Of a model that gives the best class alone, the scores before it are compared.
  const scored = [merged, written].map((model) =>
    exposeScores(model.graph, locateFeatures(model, { output: site.output })[0]!),
  ) as [ExposedScores, ExposedScores];
  const sessions = [
    await openEdited(merged, scored[0].graph),
    await openEdited(written, scored[1].graph),
  ] as const;
  const right = [0, 0];
  const seen = [0, 0];
  /** Scores of the images, counting those whose best class is the right one. */
  const scoresOf = (form: 0 | 1, input: string) => async (batch: Tensor) => {
    const scores = await run(sessions[form], input, scored[form].site.output, batch);
    const count = batch.dims[0]!;
    const classes = scores.length / count;
    for (let row = 0; row < count; row++) {
      const best = bestOf(scores.subarray(row * classes, (row + 1) * classes));
      if (best === labels[seen[form]!++]) right[form]!++;
    }
    return scores;
  };
  try {
    const verification = await compareForms({
      path: out,
      graph: merged.graph,
      images: tensorsOf(images),
      expected: scoresOf(0, imageInput(merged.graph).name),
      actual: scoresOf(1, imageInput(written.graph).name),
      rounded: options.quantize !== undefined,
    });
    const top1 = { onnx: right[0]! / seen[0]!, written: right[1]! / seen[1]! };
    return { ...verification, quantize: options.quantize, top1 };
  } finally {
    for (const session of sessions) await session.close();
  }
}

async function* tensorsOf(batches: AsyncIterable<HoldoutBatch>): AsyncGenerator<Tensor> {
  for await (const { images } of batches) yield images;
}

async function run(session: Session, input: string, output: string, images: Tensor): Promise<Float32Array> {
  const { [output]: scores } = await session.run({ [input]: images }, [output]);
  return toFloat32(scores!);
}
