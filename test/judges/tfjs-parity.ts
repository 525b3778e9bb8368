/**
 * Compares our translation of TensorFlow.js models, run by ONNX Runtime, with stock TensorFlow.js (wasm).
 *
 *   npx tsx test/judges/tfjs-parity.ts FOLDER...
 *
 * Each FOLDER holds a model.json, or folders that do (what keras_applications.py writes). Prints a line a model: the
 * number of nodes and of Transposes, and the largest difference of any output, relative to that output's largest value (to
 * 1 where it is less), from TensorFlow.js and, where a folder `reference` lies beside the model's, from Keras. Exits with 1
 * when a difference is above 1e-4, or a model could not be translated or compared with anything.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tfjsGraph } from '../../adapters/tfjs/index.ts';
import { readTfjs } from '../../adapters/tfjs/read/index.ts';
import { float32, type Graph, type Tensor, toFloat32 } from '../../core/graph/index.ts';
import { encodeGraph } from '../../core/onnx/index.ts';
import { openSession } from '../../core/runtime/session.ts';
import { picture, stockGraphModel, stockLayersModel, tf } from '../adapters/tfjs/stock.ts';

const BOUND = 1e-4;

function modelsIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => a.name.localeCompare(b.name));
  if (entries.some((entry) => entry.name === 'model.json')) return [folder];
  return entries
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => modelsIn(join(folder, entry.name)));
}

/** A picture of values in [-1, 1]. */
function imageFor(graph: Graph): { readonly name: string; readonly image: Tensor } {
  const [input] = graph.inputs;
  if (graph.inputs.length !== 1 || input?.shape?.length !== 4) throw new Error('not a model of one image');
  const [height, width] = input.shape.slice(1, 3).map((d) => (typeof d === 'number' ? d : 128)) as [
    number,
    number,
  ];
  return { name: input.name, image: float32(picture(height, width, 1, -1, 1), [1, height, width, 3]) };
}

async function ours(graph: Graph, feeds: Record<string, Tensor>): Promise<Tensor[]> {
  const session = await openSession(encodeGraph(graph));
  const results = await session.run(feeds);
  await session.close();
  return graph.outputs.map((output) => results[output.name]!);
}

async function theirs(folder: string, kind: string, image: Tensor, graph: Graph): Promise<tf.Tensor[]> {
  const x = tf.tensor(image.data as Float32Array, [...image.dims]);
  if (kind === 'layers-model') {
    const outputs = (await stockLayersModel(folder)).predict(x);
    return Array.isArray(outputs) ? outputs : [outputs];
  }
  const model = await stockGraphModel(folder);
  const names = graph.outputs.map((output) => output.name);
  const outputs = model.execute({ [graph.inputs[0]!.name]: x }, names);
  return Array.isArray(outputs) ? outputs : [outputs];
}

interface Difference {
  readonly scale: number;
  readonly largest: number;
}

function compare(a: readonly Tensor[], b: readonly tf.Tensor[]): Difference {
  if (a.length !== b.length) throw new Error(`${a.length} outputs, not ${b.length}`);
  let [scale, largest] = [0, 0];
  a.forEach((tensor, i) => {
    const [mine, other] = [toFloat32(tensor), b[i]!.dataSync() as Float32Array];
    if (tensor.dims.join() !== b[i]!.shape.join()) throw new Error(`[${tensor.dims}], not [${b[i]!.shape}]`);
    const top = other.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    scale = Math.max(scale, top);
    mine.forEach((v, k) => {
      const d = Math.abs(v - other[k]!) / Math.max(1, top);
      if (!(d <= largest)) largest = d;
    });
  });
  return { scale, largest };
}

/** Outputs that a converter may have put in another order, each beside the nearest of its shape. */
function inOrderOf(a: readonly Tensor[], b: readonly tf.Tensor[]): tf.Tensor[] {
  const left = [...b];
  return a.map((tensor) => {
    const fitting = left.filter((other) => other.shape.join() === tensor.dims.join());
    const distance = (other: tf.Tensor): number => compare([tensor], [other]).largest;
    const [nearest] = fitting.sort((one, other) => distance(one) - distance(other));
    if (!nearest) throw new Error(`no output of shape [${tensor.dims}]`);
    left.splice(left.indexOf(nearest), 1);
    return nearest;
  });
}

interface Reference {
  readonly image: Tensor;
  readonly outputs: readonly tf.Tensor[];
}

/** What Keras computed, where the folder beside the model's tells. */
function referenceFor(folder: string): Reference | undefined {
  const beside = join(folder, '../reference');
  if (!existsSync(beside)) return undefined;
  const shapes = JSON.parse(readFileSync(join(beside, 'shapes.json'), 'utf8')) as {
    readonly input: number[];
    readonly outputs: number[][];
  };
  const floats = (file: string): Float32Array =>
    new Float32Array(new Uint8Array(readFileSync(join(beside, file))).buffer);
  return {
    image: float32(floats('input.bin'), shapes.input),
    outputs: shapes.outputs.map((shape, i) => tf.tensor(floats(`output${i}.bin`), shape)),
  };
}

async function judge(folder: string): Promise<boolean> {
  const artifacts = await readTfjs(folder);
  const graph = tfjsGraph(artifacts);
  const transposes = graph.nodes.filter((node) => node.op === 'Transpose').length;
  const report = [`${folder}  ${graph.nodes.length} nodes, ${transposes} Transposes`];
  const reference = referenceFor(folder);
  const { name, image } = reference
    ? { name: graph.inputs[0]!.name, image: reference.image }
    : imageFor(graph);
  const mine = await ours(graph, { [name]: image });
  const found: Difference[] = [];
  const against = (who: string, outputs: readonly tf.Tensor[]): void => {
    const difference = compare(mine, inOrderOf(mine, outputs));
    found.push(difference);
    report.push(
      `from ${who} ${difference.largest.toExponential(1)} (values to ${difference.scale.toPrecision(3)})`,
    );
  };
  if (reference) against('Keras', reference.outputs);
  try {
    against('TensorFlow.js', await theirs(folder, artifacts.kind, image, graph));
  } catch (error) {
    const [reason] = (error as Error).message.split('\n') as [string];
    report.push(`stock TensorFlow.js does not run it: ${reason.slice(0, 100)}`);
  }
  console.log(report.join('; '));
  return found.length > 0 && found.every(({ largest }) => largest <= BOUND);
}

async function judged(folder: string): Promise<boolean> {
  try {
    return await judge(folder);
  } catch (error) {
    console.log(`${folder}  ${(error as Error).message}`);
    return false;
  }
}

await tf.setBackend('wasm');
let passed = true;
for (const folder of process.argv.slice(2).flatMap(modelsIn)) passed = (await judged(folder)) && passed;
process.exitCode = passed ? 0 : 1;
