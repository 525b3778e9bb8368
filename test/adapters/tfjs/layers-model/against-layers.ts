/** Runs a layers-model in stock tfjs-layers and our translation of its files in ONNX Runtime, and compares. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { TfjsArtifacts } from '../../../../adapters/tfjs/artifacts.ts';
import { type LayerTranslations, layersModelGraph } from '../../../../adapters/tfjs/layers-model/index.ts';
import { float32, type Graph, sizeOf, type Tensor, toFloat32 } from '../../../../core/graph/index.ts';
import { encodeGraph } from '../../../../core/onnx/index.ts';
import { openSession } from '../../../../core/runtime/session.ts';

await tf.setBackend('cpu');

export { tf, tfl };

/** Values in [-1, 1) that depend on the seed alone. */
export function noise(dims: readonly number[], seed = 1): Tensor {
  let state = (seed * 2654435761) >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return float32(Float32Array.from({ length: sizeOf(dims) }, next), dims);
}

/** Sets every weight of the model to noise that keeps activations near 1; variances are made positive. */
export function randomize(model: tfl.LayersModel): tfl.LayersModel {
  model.weights.forEach((weight, i) => {
    const { dims, data } = noise(weight.shape as number[], i + 7);
    const fan = dims.length > 1 ? sizeOf(dims.slice(0, -1)) : 1;
    const positive = weight.originalName.includes('variance') || weight.originalName.includes('gamma');
    const values = Float32Array.from(data as Float32Array, (v) =>
      positive ? 1 + v / 2 : dims.length > 1 ? v * Math.sqrt(3 / fan) : v / 4,
    );
    weight.write(tf.tensor(values, [...dims]));
  });
  return model;
}

/** What the model's files would hold, by its own saving. */
export async function artifactsOf(model: tfl.LayersModel): Promise<TfjsArtifacts> {
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save({
    save: async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    },
  });
  const decoded = tf.io.decodeWeights(saved!.weightData as ArrayBuffer, saved!.weightSpecs!);
  const weights = new Map(
    Object.entries(decoded).map(([name, t]) => [name, float32(t.dataSync() as Float32Array, t.shape)]),
  );
  return artifactsFrom(saved!.modelTopology as Record<string, unknown>, weights);
}

export function artifactsFrom(
  topology: Record<string, unknown>,
  weights: ReadonlyMap<string, Tensor>,
): TfjsArtifacts {
  return {
    kind: 'layers-model',
    topology,
    weights,
    signature: undefined,
    metadata: {},
    producer: undefined,
    files: [],
  };
}

/** Feeds by the graph's inputs; open sizes are 2 (batch) and 6. */
export function feedsFor(graph: Graph): Record<string, Tensor> {
  return Object.fromEntries(
    graph.inputs.map((input, i) => [
      input.name,
      noise(
        input.shape!.map((d, axis) => (typeof d === 'number' ? d : axis === 0 ? 2 : 6)),
        i + 1,
      ),
    ]),
  );
}

export async function runGraph(graph: Graph, feeds: Readonly<Record<string, Tensor>>): Promise<Tensor[]> {
  const session = await openSession(encodeGraph(graph));
  const results = await session.run(feeds);
  await session.close();
  return graph.outputs.map((output) => results[output.name]!);
}

/** The largest difference over all outputs, relative to 1 or to the largest value, whichever is more. */
export function difference(ours: readonly Tensor[], theirs: readonly tf.Tensor[]): number {
  if (ours.length !== theirs.length) throw new Error(`${ours.length} outputs, not ${theirs.length}`);
  let largest = 0;
  ours.forEach((tensor, i) => {
    const other = theirs[i]!;
    if (tensor.dims.join() !== other.shape.join())
      throw new Error(`output ${i}: our shape is [${tensor.dims}], TensorFlow.js' [${other.shape}]`);
    const [a, b] = [toFloat32(tensor), other.dataSync()];
    let spread = 0;
    for (let k = 0; k < a.length; k++) {
      const d = Math.abs(a[k]! - b[k]!);
      spread = Math.max(spread, Math.abs(b[k]! - b[0]!));
      if (!(d <= largest)) largest = d;
    }
    if (a.length > 1 && spread === 0) throw new Error(`output ${i} is the same everywhere: it tests nothing`);
  });
  return largest;
}

/** How far our translation of a model is from the model, with noise for weights and inputs. */
export async function parity(model: tfl.LayersModel, layers?: LayerTranslations): Promise<number> {
  const graph = layersModelGraph(await artifactsOf(randomize(model)), layers);
  const feeds = feedsFor(graph);
  const theirs = model.predict(
    graph.inputs.map(({ name }) => tf.tensor(feeds[name]!.data as Float32Array, [...feeds[name]!.dims])),
  );
  return difference(await runGraph(graph, feeds), Array.isArray(theirs) ? theirs : [theirs]);
}
