import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadModel } from '../../adapters/load.ts';
import { MarnetError } from '../../core/errors.ts';
import { type ExportRequest, exportMerged, readMergedMetadata } from '../../core/export/index.ts';
import { constantOf, toNumbers } from '../../core/graph/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { CLASSES, noise } from '../locate/backbones.ts';
import { exportRequest, smallClassifier } from './merged.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'marnet-export-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const refusal = (request: Promise<unknown>): Promise<MarnetError> =>
  request.then(
    () => {
      throw new Error('it was exported');
    },
    (error: unknown) => {
      if (error instanceof MarnetError) return error;
      throw error;
    },
  );

/** The request with other expected logits. */
function expecting(request: ExportRequest, change: (logits: Float32Array) => void): ExportRequest {
  const [{ images, logits }] = request.batches as [{ images: never; logits: Float32Array }];
  const changed = Float32Array.from(logits);
  change(changed);
  return { ...request, batches: [{ images, logits: changed }] };
}

describe('a merged model', () => {
  it('is written, verified, and says what it is', async () => {
    const out = path.join(folder, 'merged.onnx');
    const request = await exportRequest(smallClassifier(), out);
    const result = await exportMerged(request);
    expect(result.size).toBe(statSync(out).size);
    expect(result.verification).toMatchObject({ images: 7, agreement: 1 });
    expect(result.verification.largestDifference).toBeLessThan(1e-4);
    expect(readdirSync(folder)).toEqual(['merged.onnx']);

    const merged = await loadModel(out);
    const metadata = readMergedMetadata(merged.metadata);
    expect(metadata).toEqual({
      ...request.metadata,
      baseSha256: await request.model.sha256(),
      changedWeights: [],
    });
    expect(merged.labels).toEqual(request.metadata.labels);
    expect(merged.preprocess).toEqual(request.metadata.preprocess);
    expect(merged.outputs).toEqual(request.model.outputs);
    expect(merged.inputs).toEqual(request.model.inputs);
  });

  it('ends in the Softmax of the trained logits', async () => {
    const out = path.join(folder, 'merged.onnx');
    const request = await exportRequest(smallClassifier(), out);
    await exportMerged(request);
    const [{ images, logits }] = request.batches as [{ images: never; logits: Float32Array }];
    const session = await openSession(out);
    const probabilities = toNumbers((await session.run({ image: images })).scores!);
    await session.close();
    for (let row = 0; row < 7; row++) {
      const exponentials = Array.from(logits.subarray(row * CLASSES, (row + 1) * CLASSES), Math.exp);
      const sum = exponentials.reduce((a, b) => a + b);
      for (const [c, e] of exponentials.entries())
        expect(probabilities[row * CLASSES + c]).toBeCloseTo(e / sum, 4);
    }
  });

  it('with another number of classes lists the classifier as changed', async () => {
    const out = path.join(folder, 'merged.onnx');
    const request = await exportRequest(smallClassifier(), out, 'new', 3);
    const { metadata } = await exportMerged(request);
    expect(metadata.changedWeights.sort()).toEqual(['b', 'w']);
    expect((await loadModel(out)).outputs[0]!.shape).toEqual(['batch', 3]);
  });

  it('keeps its weights in another file when asked to', async () => {
    const out = path.join(folder, 'merged.onnx');
    const request = await exportRequest(smallClassifier(), out);
    const graph = request.graph.clone();
    // Weights of 1 KB and more go there: widen what is read of one by adding a large constant that is 0 in effect.
    graph.constants.set('large', constantOf({ dtype: 'float32', dims: [400], data: new Float32Array(400) }));
    const add = graph.nodes.find((node) => node.op === 'Softmax')!;
    const at = graph.nodes.indexOf(add);
    const node = (op: string, inputs: string[], output: string) => ({
      op,
      domain: '',
      name: output,
      inputs,
      outputs: [output],
      attributes: {},
    });
    graph.nodes[at] = { ...add, inputs: ['shifted'] };
    graph.nodes.splice(
      at,
      0,
      node('ReduceSum', ['large'], 'zero'),
      node('Add', [add.inputs[0]!, 'zero'], 'shifted'),
    );
    const result = await exportMerged({ ...request, graph, externalData: true });
    expect(readdirSync(folder).sort()).toEqual(['merged.onnx', 'merged.onnx.data']);
    const sizes = readdirSync(folder).map((name) => statSync(path.join(folder, name)).size);
    expect(result.size).toBe(sizes[0]! + sizes[1]!);
    const again = await openSession(out);
    await again.close();
  });

  it('fixed at one image is verified one image at a time', async () => {
    const url = new URL('../../node_modules/detypify-service/train/model.onnx', import.meta.url);
    const out = path.join(folder, 'merged.onnx');
    const request = await exportRequest(url.pathname, out);
    const [{ images, logits }] = request.batches as [
      { images: { data: Float32Array; dims: number[]; dtype: 'float32' }; logits: Float32Array },
    ];
    // Three images in one batch, of which the first is the one that the graph was run on.
    const many = new Float32Array(3 * images.data.length);
    for (let i = 0; i < 3; i++) many.set(images.data, i * images.data.length);
    const repeated = new Float32Array(3 * logits.length);
    for (let i = 0; i < 3; i++) repeated.set(logits, i * logits.length);
    const batch = { images: { ...images, dims: [3, ...images.dims.slice(1)], data: many }, logits: repeated };
    const { verification } = await exportMerged({ ...request, batches: [batch] });
    expect(verification).toMatchObject({ images: 3, agreement: 1 });
    expect(statSync(out).size).toBeGreaterThan(statSync(url.pathname).size);
  });
});

describe('verification', () => {
  it('may differ by more where another device trained it, which rounds otherwise, and only so far', async () => {
    const request = await exportRequest(smallClassifier(), path.join(folder, 'merged.onnx'));
    // All logits alike, so that the best class stays.
    const written = (share: number, elsewhere: boolean) =>
      exportMerged({
        ...expecting(request, (logits) => {
          const largest = Math.max(1, ...logits.map(Math.abs));
          for (const i of logits.keys()) logits[i]! += share * largest;
        }),
        elsewhere,
      });
    expect((await written(5e-3, true)).verification.agreement).toBe(1);
    await expect(written(5e-3, false)).rejects.toMatchObject({ code: 'verification' });
    await expect(written(2e-2, true)).rejects.toMatchObject({ code: 'verification' });
  });

  it('keeps no file whose logits differ', async () => {
    const out = path.join(folder, 'merged.onnx');
    const request = await exportRequest(smallClassifier(), out);
    const error = await refusal(
      exportMerged(
        expecting(request, (logits) => {
          logits[4]! += 0.5;
        }),
      ),
    );
    expect(error.code).toBe('verification');
    expect(error.message).toMatch(/logits differ by up to 0\.50* \(0\.\d+ is allowed\)/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('does not take NaN for agreement', async () => {
    const request = await exportRequest(smallClassifier(), path.join(folder, 'merged.onnx'));
    const error = await refusal(exportMerged(expecting(request, (logits) => logits.fill(Number.NaN))));
    expect(error.code).toBe('verification');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('fails when another graph is written than was trained', async () => {
    const request = await exportRequest(smallClassifier(), path.join(folder, 'merged.onnx'));
    const graph = request.graph.clone();
    graph.constants.set('stem', constantOf(noise([6, 3, 2, 2], 77)));
    const error = await refusal(exportMerged({ ...request, graph }));
    expect(error.code).toBe('verification');
  });

  it('replaces a file only by a right one', async () => {
    const out = path.join(folder, 'merged.onnx');
    writeFileSync(out, 'precious');
    const request = await exportRequest(smallClassifier(), out);
    await refusal(exportMerged(expecting(request, (logits) => logits.fill(0))));
    expect(readFileSync(out, 'utf8')).toBe('precious');
    await exportMerged(request);
    expect(existsSync(out)).toBe(true);
    expect(readFileSync(out).length).toBeGreaterThan(100);
    expect(readdirSync(folder)).toEqual(['merged.onnx']);
  });
});
