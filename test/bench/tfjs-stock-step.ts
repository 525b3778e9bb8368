/**
 * Seconds of a training step's graph (loss and all gradients, no optimizer) in stock TensorFlow.js, for tfjs-step.ts.
 *
 * usage: tsx test/bench/tfjs-stock-step.ts FILE.onnx BATCH SIZE wasm|cpu RUNS
 * FILE.onnx gives logits. Prints one JSON line, a `StockStep`; the warming run is left out. Fails where the loss or a
 * gradient is not what onnxruntime computes of the same graph.
 */
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { loadModel } from '../../adapters/load.ts';
import type { TfjsSignature } from '../../adapters/tfjs/artifacts.ts';
import { encodeGraphModel, toGraphModel } from '../../adapters/tfjs/write/index.ts';
import { float32, type Tensor, toFloat32 } from '../../core/graph/index.ts';
import { decodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { gradientModel } from '../../core/train/gradient-model.ts';
import { tf } from '../adapters/tfjs/stock.ts';

export interface StockStep {
  readonly seconds: readonly number[];
  /** Largest difference of a gradient from onnxruntime's, as a share of that gradient's largest element. */
  readonly difference: number;
}

const [path, , , backend] = process.argv.slice(2) as [string, string, string, string, string];
const [batch, size, , runs] = process.argv.slice(3).map(Number) as [number, number, number, number];

const model = await loadModel(path);
const logits = model.outputs[0]!.name;
const step = await gradientModel(model, {
  batch,
  loss: 'cross-entropy',
  logits,
  size: { height: size, width: size },
});
const graph = decodeGraph(step.bytes);
const feeds: Record<string, Tensor> = {};
for (const input of graph.inputs) {
  const dims = input.shape as number[];
  const count = dims.reduce((a, b) => a * b, 1);
  const known = step.parameters[input.name];
  if (known) feeds[input.name] = float32(known.data, known.dims);
  else if (input.name === step.inputs.labels) {
    const classes = count / batch;
    const data = new Float32Array(count);
    for (let i = 0; i < batch; i++) data[i * classes + (i % classes)] = 1;
    feeds[input.name] = float32(data, dims);
  } else
    feeds[input.name] = float32(
      Float32Array.from({ length: count }, (_, i) => 0.5 + 0.5 * Math.sin(i * 12.9898)),
      dims,
    );
}

await tf.setBackend(backend);
const encoded = encodeGraphModel(await toGraphModel(graph));
const signature = encoded.json.signature as TfjsSignature;
const stock = await loadGraphModel({
  load: async () =>
    ({
      ...(JSON.parse(JSON.stringify(encoded.json)) as object),
      weightSpecs: encoded.json.weightsManifest.flatMap(({ weights }) => weights),
      weightData: new Uint8Array(Buffer.concat([...encoded.shards.values()])).buffer,
    }) as unknown as tf.io.ModelArtifacts,
});
const names = graph.outputs.map(({ name }) => name);
const nodes = names.map((name) => signature.outputs![name]!.name);
const inputs: tf.NamedTensorMap = {};
for (const [name, { data, dims }] of Object.entries(feeds))
  inputs[signature.inputs![name]!.name.replace(/:0$/, '')] = tf.tensor(data as Float32Array, [...dims]);

const seconds: number[] = [];
let results: readonly ArrayLike<number>[] = [];
for (let i = 0; i <= runs; i++) {
  const began = performance.now();
  const outputs = [stock.execute(inputs, nodes)].flat();
  results = await Promise.all(outputs.map((output) => output.data()));
  if (i > 0) seconds.push((performance.now() - began) / 1000);
  tf.dispose(outputs);
}

const session = await openSession(step.bytes);
const expected = await session.run(feeds);
await session.close();
let difference = 0;
for (const [i, name] of names.entries()) {
  const values = toFloat32(expected[name]!);
  const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  values.forEach((value, k) => {
    difference = Math.max(difference, Math.abs(value - results[i]![k]!) / scale);
  });
}
if (!(difference < 1e-2)) throw new Error(`gradients differ by ${difference}`);
console.log(JSON.stringify({ seconds, difference } satisfies StockStep));
